/** What the feed says: this conversation is now at this version. It says no more; we ask. */

import type { ServerEvent } from './sse'

export interface Hint {
  conversation: string
  version: number
}

export function hintOf(event: ServerEvent): Hint | null {
  if (event.name !== 'conversation') return null
  try {
    const said: unknown = JSON.parse(event.data)
    if (typeof said !== 'object' || said === null) return null
    if (!('conversation_id' in said) || typeof said.conversation_id !== 'string') return null
    const version = 'version' in said ? Number(said.version) : Number.NaN
    return { conversation: said.conversation_id, version }
  } catch {
    return null
  }
}

/** Collects hints of one frame: of each conversation only the newest is worth a question. */
export class Hints {
  readonly #waiting = new Map<string, number>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly flush: (hints: ReadonlyMap<string, number>) => Promise<void>,
    private readonly delayMs = 50,
  ) {}

  add({ conversation, version }: Hint): void {
    const known = this.#waiting.get(conversation) ?? 0
    this.#waiting.set(conversation, Math.max(known, version))
    this.#timer ??= setTimeout(() => void this.settle(), this.delayMs)
  }

  /** Ask now; resolves when the answers are in. */
  settle(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const hints = new Map(this.#waiting)
    this.#waiting.clear()
    return hints.size === 0 ? Promise.resolve() : this.flush(hints)
  }
}
