/** What one tab looks at. The stream tells of everything (ADR 0021); only this is asked for. */

import type { QueryClient } from '@tanstack/react-query'
import { mayBelong, VIEWS, type View } from '../inbox/views'
import { keys } from '../keys'
import type { Hint } from './hints'

/** Who needs somebody is heard of and counted whatever is on the screen. */
const ALWAYS: readonly View[] = ['waiting', 'mine']
const REMEMBERED = 1_000

export class Sight {
  /** The last hint of each conversation; those that changed least recently are lost. */
  readonly #last = new Map<string, Hint>()

  constructor(
    private readonly cache: QueryClient,
    private readonly me: string,
    /** Whether somebody must hear of what becomes of a conversation. */
    private readonly follows: (conversation: string) => boolean,
  ) {}

  /** Whether a conversation shows or may come to show here, or somebody must hear of it. */
  covers({ conversation, owner }: Hint): boolean {
    if (!owner || this.follows(conversation)) return true
    // One that is still being fetched may come in an older version.
    if (this.cache.getQueryState(keys.thread(conversation))) return true
    const isHeld = (view: View) =>
      ALWAYS.includes(view) || this.cache.getQueryState(keys.list(view)) !== undefined
    return VIEWS.some((view) => isHeld(view) && mayBelong(owner, view, this.me))
  }

  /** Whether the counts may differ now. Only the version just before can tell that they do not. */
  counts(hint: Hint): boolean {
    const before = this.#last.get(hint.conversation)
    if (hint.owner && before && before.version >= hint.version) return false
    this.#remember(hint)
    if (before?.version !== hint.version - 1) return true
    return this.#isCounted(before) || this.#isCounted(hint)
  }

  #isCounted({ owner }: Hint): boolean {
    return !owner || ALWAYS.some((view) => mayBelong(owner, view, this.me))
  }

  #remember(hint: Hint): void {
    this.#last.delete(hint.conversation)
    if (!hint.owner) return
    this.#last.set(hint.conversation, hint)
    for (const eldest of this.#last.keys()) {
      if (this.#last.size <= REMEMBERED) break
      this.#last.delete(eldest)
    }
  }
}
