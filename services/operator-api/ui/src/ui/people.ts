/** Names as the screen shows them. */

/** The initials of the first and the last word; of digits the last two. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /\p{L}/u.test(word))
  const first = words[0]?.[0]
  if (first === undefined) return name.replace(/\D/g, '').slice(-2) || '?'
  const last = words.length > 1 ? (words[words.length - 1]?.[0] ?? '') : ''
  return (first + last).toLocaleUpperCase()
}

export function firstName(name: string): string {
  return name.split(/\s+/)[0] ?? name
}

/** A tint without meaning: the same one for the same contact. */
export function tint(id: string): string {
  let hash = 0
  for (const letter of id) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0
  return `t${(hash % 5) + 1}`
}

/** `whatsapp:+5541900000147` as people write it; an address that is no number stays as it is. */
export function phone(address: string): string {
  const plain = address.replace(/^whatsapp:/, '')
  const brazil = /^\+55(\d{2})(\d{4,5})(\d{4})$/.exec(plain)
  if (brazil) return `+55 ${brazil[1]} ${brazil[2]}-${brazil[3]}`
  return plain
}

export function customerName(of: { profile_name: string; customer: string }): string {
  return of.profile_name.trim() || phone(of.customer)
}
