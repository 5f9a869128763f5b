/** What the feed says: this conversation is now at this version, and whose it is. We ask for more. */

import type { Owner } from '../api'
import type { ServerEvent } from './sse'

export type Ownership = Pick<Owner, 'kind' | 'operator_id'>

export interface Hint {
  conversation: string
  version: number
  /** None if it was not told, as by a tab of an older console. */
  owner: Ownership | null
}

const KINDS: Record<Owner['kind'], true> = { bot: true, waiting: true, claiming: true, human: true }

export function hintOf(event: ServerEvent): Hint | null {
  if (event.name !== 'conversation') return null
  try {
    const said: unknown = JSON.parse(event.data)
    if (typeof said !== 'object' || said === null) return null
    if (!('conversation_id' in said) || typeof said.conversation_id !== 'string') return null
    const version = 'version' in said ? Number(said.version) : Number.NaN
    return { conversation: said.conversation_id, version, owner: ownerOf(said) }
  } catch {
    return null
  }
}

function ownerOf(said: object): Ownership | null {
  if (!('owner' in said) || !isKind(said.owner)) return null
  const operator = 'operator_id' in said ? said.operator_id : null
  return { kind: said.owner, operator_id: typeof operator === 'string' ? operator : null }
}

function isKind(said: unknown): said is Owner['kind'] {
  return typeof said === 'string' && Object.hasOwn(KINDS, said)
}

/** Collects hints of one frame: of each conversation only the newest is worth a question. */
export class Hints {
  readonly #waiting = new Map<string, Hint>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly flush: (hints: readonly Hint[]) => Promise<void>,
    private readonly delayMs = 50,
  ) {}

  add(hint: Hint): void {
    const known = this.#waiting.get(hint.conversation)?.version ?? -1
    if (known < hint.version) this.#waiting.set(hint.conversation, hint)
    this.#timer ??= setTimeout(() => void this.settle(), this.delayMs)
  }

  /** Ask now; resolves when the answers are in. */
  settle(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const hints = [...this.#waiting.values()]
    this.#waiting.clear()
    return hints.length === 0 ? Promise.resolve() : this.flush(hints)
  }
}
