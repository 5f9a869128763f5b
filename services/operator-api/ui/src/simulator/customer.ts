/** Who holds the phone. Kept in this browser: a reload goes on with the same customer. */

import { Store } from '../ui/store'

export interface Customer {
  /** `+5541900000147`. */
  number: string
  /** What WhatsApp calls them. */
  name: string
  /** The number they write to; empty for the first one. */
  to: string
}

const KEPT = 'simulator.customer'
const KEPT_NAMES = 'simulator.names'
const MOST_NAMES = 100
const NAMES = ['Bia Teste', 'Rafael Teste', 'Marina Teste', 'Téo Teste', 'Ivone Teste']

/** A number as WhatsApp has it, from what a person types; none if it is no number. */
export function numberOf(typed: string): string | null {
  const bare = typed.replace(/[\s().-]/g, '')
  const whole = /^\d{10,11}$/.test(bare) ? `+55${bare}` : bare
  return /^\+[1-9]\d{7,14}$/.test(whole) ? whole : null
}

/** Nobody's yet: who writes from it begins a conversation. */
export function freshNumber(taken: ReadonlySet<string>, random: () => number): string {
  for (;;) {
    const number = `+554190${String(Math.floor(random() * 10_000_000)).padStart(7, '0')}`
    if (!taken.has(number)) return number
  }
}

function freshName(random: () => number): string {
  return NAMES[Math.floor(random() * NAMES.length)] ?? 'Bia Teste'
}

function keptNames(shelf: Storage): Map<string, string> {
  try {
    const found: unknown = JSON.parse(shelf.getItem(KEPT_NAMES) ?? '[]')
    const pairs = Array.isArray(found) ? (found as unknown[]) : []
    const isPair = (pair: unknown): pair is [string, string] =>
      Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string'
    return new Map(pairs.filter(isPair))
  } catch {
    // Names are a convenience: numbers say as much.
    return new Map()
  }
}

function kept(shelf: Storage): Customer | null {
  try {
    const found: unknown = JSON.parse(shelf.getItem(KEPT) ?? 'null')
    if (typeof found !== 'object' || found === null) return null
    const { number, name, to } = found as Record<string, unknown>
    if (typeof number !== 'string' || numberOf(number) !== number) return null
    return { number, name: String(name ?? ''), to: String(to ?? '') }
  } catch {
    // Not ours, or of another version: a new customer is as good.
    return null
  }
}

export class Customers extends Store<Customer> {
  readonly #names: Map<string, string>

  constructor(
    private readonly shelf: Storage = localStorage,
    private readonly random: () => number = Math.random,
  ) {
    super(
      kept(shelf) ?? { number: freshNumber(new Set(), random), name: freshName(random), to: '' },
    )
    this.#names = keptNames(shelf)
  }

  /** What they were called here; empty if they never were. */
  nameOf(number: string): string {
    return this.#names.get(number) ?? ''
  }

  /** Who held this phone last comes first; numbers that never did, after them as they are. */
  recentFirst<T extends { number: string }>(phones: readonly T[]): T[] {
    const places = new Map([...this.#names.keys()].reverse().map((number, at) => [number, at]))
    const place = ({ number }: T) => places.get(number) ?? places.size
    return phones.toSorted((a, b) => place(a) - place(b))
  }

  override set(customer: Customer): void {
    super.set(customer)
    this.shelf.setItem(KEPT, JSON.stringify(customer))
    this.#names.delete(customer.number)
    this.#names.set(customer.number, customer.name)
    this.shelf.setItem(KEPT_NAMES, JSON.stringify([...this.#names].slice(-MOST_NAMES)))
  }

  change(part: Partial<Customer>): void {
    this.set({ ...this.get(), ...part })
  }

  /** Somebody else, who never wrote. */
  renew(taken: ReadonlySet<string>, name?: string): void {
    this.change({
      number: freshNumber(taken, this.random),
      name: name ?? freshName(this.random),
    })
  }
}
