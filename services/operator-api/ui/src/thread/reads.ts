/** Up to where one person has read each conversation, as this browser knows it. */

import type { Shelf } from '../composer/drafts'

const LOOKED_MS = 800
const MOST = 500

export class Reads {
  readonly #key: string
  readonly #listeners = new Set<() => void>()
  #upto: Map<string, number>
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    person: string,
    private readonly shelf: Pick<Shelf, 'getItem' | 'setItem'>,
    private readonly isVisible: () => boolean = () => document.visibilityState === 'visible',
  ) {
    this.#key = `read:${person}`
    this.#upto = kept(shelf.getItem(this.#key))
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The last message that was read; none in a conversation that was never opened here. */
  upto(conversation: string): number | null {
    return this.#upto.get(conversation) ?? null
  }

  /** The end of a conversation has come onto the screen: what stays there for a moment is read. */
  look(conversation: string, seq: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (this.isVisible()) this.#mark(conversation, seq)
    }, LOOKED_MS)
  }

  away(): void {
    clearTimeout(this.#timer)
  }

  /** Another tab read something. */
  heard(key: string | null): void {
    if (key !== this.#key) return
    this.#upto = kept(this.shelf.getItem(this.#key))
    this.#tell()
  }

  #mark(conversation: string, seq: number): void {
    if (seq <= (this.#upto.get(conversation) ?? -1)) return
    this.#upto.delete(conversation)
    this.#upto.set(conversation, seq)
    const entries = [...this.#upto].slice(-MOST)
    try {
      this.shelf.setItem(this.#key, JSON.stringify(entries))
    } catch {
      // Nothing can be kept here: then it holds for this tab.
    }
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

function kept(text: string | null): Map<string, number> {
  try {
    const entries: unknown = JSON.parse(text ?? '[]')
    if (!Array.isArray(entries)) return new Map()
    return new Map(entries.filter(isEntry))
  } catch {
    return new Map()
  }
}

function isEntry(entry: unknown): entry is [string, number] {
  return Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number'
}
