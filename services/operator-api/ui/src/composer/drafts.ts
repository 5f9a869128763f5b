/** What was typed and not sent. Kept in this browser, by person and conversation, through everything. */

export interface Draft {
  text: string
  /** When it was last edited: of two tabs the newer edit wins. */
  at: number
}

/** `localStorage`, or what stands in for it. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const SETTLE_MS = 300
const PREFIX = 'draft:'

export class Drafts {
  readonly #prefix: string
  readonly #drafts = new Map<string, Draft>()
  readonly #unsaved = new Set<string>()
  readonly #listeners = new Set<() => void>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    person: string,
    private readonly shelf: Shelf,
    private readonly now: () => number = Date.now,
  ) {
    this.#prefix = `${PREFIX}${person}:`
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  text(conversation: string): string {
    const known = this.#drafts.get(conversation) ?? this.#read(conversation)
    if (known) this.#drafts.set(conversation, known)
    return known?.text ?? ''
  }

  write(conversation: string, text: string): void {
    this.#drafts.set(conversation, { text, at: this.now() })
    this.#unsaved.add(conversation)
    this.#tell()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.save(), SETTLE_MS)
  }

  /** Put a text that came back before what was typed meanwhile. */
  giveBack(conversation: string, text: string): void {
    const typed = this.text(conversation)
    if (typed.startsWith(text)) return
    this.write(conversation, typed === '' ? text : `${text}\n${typed}`)
    this.save()
  }

  /** Write down what the last 300 ms brought; also when the page is hidden or left. */
  save(): void {
    clearTimeout(this.#timer)
    for (const conversation of this.#unsaved) {
      const draft = this.#drafts.get(conversation)
      const key = this.#prefix + conversation
      try {
        if (draft && draft.text !== '') this.shelf.setItem(key, JSON.stringify(draft))
        else this.shelf.removeItem(key)
      } catch {
        // Full or forbidden storage: the draft still lives in memory, in this tab.
      }
    }
    this.#unsaved.clear()
  }

  /** Another tab changed a draft. */
  heard(key: string | null): void {
    if (!key?.startsWith(this.#prefix)) return
    const conversation = key.slice(this.#prefix.length)
    const theirs = this.#read(conversation)
    const ours = this.#drafts.get(conversation)
    if (theirs && ours && theirs.at <= ours.at) return
    if (this.#unsaved.has(conversation)) return
    this.#drafts.set(conversation, theirs ?? { text: '', at: this.now() })
    this.#tell()
  }

  #read(conversation: string): Draft | undefined {
    try {
      const kept: unknown = JSON.parse(this.shelf.getItem(this.#prefix + conversation) ?? 'null')
      return isDraft(kept) ? kept : undefined
    } catch {
      return undefined
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

function isDraft(kept: unknown): kept is Draft {
  if (typeof kept !== 'object' || kept === null) return false
  return (
    'text' in kept && typeof kept.text === 'string' && 'at' in kept && typeof kept.at === 'number'
  )
}
