/** Keeps the query cache true: asks for what changed, puts it where it belongs. */

import type { QueryClient } from '@tanstack/react-query'
import { type Conversation, call, ProblemError, type Thread } from '../api'
import { type Changes, listChanges, readConversation } from '../client'
import { type Pages, placed } from '../inbox/placing'
import { VIEWS } from '../inbox/views'
import { keys } from '../keys'
import type { Hint } from './hints'
import { Sight } from './sight'

/** More than this at once are asked for as one list of changes. */
const SINGLY = 12

/** Whoever must hear of changes, whatever is on the screen. */
export interface Audience {
  /** Told what has changed, before the screen shows it. */
  tell: (rows: readonly Conversation[]) => void
  /** Whether what becomes of a conversation matters. */
  follows: (conversation: string) => boolean
}

const NOBODY: Audience = { tell: () => undefined, follows: () => false }

export class Freshness {
  readonly #sight: Sight

  constructor(
    private readonly cache: QueryClient,
    private readonly me: string,
    private readonly audience: Audience = NOBODY,
  ) {
    this.#sight = new Sight(cache, me, audience.follows)
  }

  /** These conversations are at these versions now. */
  async hinted(hints: readonly Hint[]): Promise<void> {
    const versions = this.#versions()
    const news = hints.filter((hint) => (versions.get(hint.conversation) ?? -1) < hint.version)
    const shown = news.filter((hint) => versions.has(hint.conversation) || this.#sight.covers(hint))
    if (shown.length > SINGLY) await this.pull()
    else await Promise.all(shown.map(({ conversation }) => this.#read(conversation)))
    const counted = news.filter((hint) => this.#sight.counts(hint))
    if (counted.length > 0) void this.cache.invalidateQueries({ queryKey: keys.counts })
  }

  /** Ask again for what is on the screen; for lists only if their changes were not told one by one. */
  async resumed(first: boolean): Promise<void> {
    const isList = (key: readonly unknown[]) => key[0] === keys.lists[0]
    await this.cache.invalidateQueries({
      predicate: ({ queryKey }) => first || !isList(queryKey),
      refetchType: 'active',
    })
  }

  /** Ask what changed since the newest change that we hold (the server's clock, not ours). */
  async pull(): Promise<void> {
    const since = this.#newest()
    if (since === null) return this.resumed(true)
    const found: Conversation[] = []
    let cursor: string | null = null
    do {
      const page: Changes = await call(listChanges({ query: { since, limit: 100, cursor } }))
      found.push(...page.items)
      cursor = page.next
    } while (cursor !== null)
    this.apply(found)
  }

  /** Put newer rows into every list and thread that is held. */
  apply(rows: readonly Conversation[]): void {
    const versions = this.#versions()
    const news = rows.filter((row) => (versions.get(row.id) ?? -1) < row.version)
    this.audience.tell(news)
    for (const view of VIEWS) {
      this.cache.setQueryData<Pages>(
        keys.list(view),
        (data) => data && placed(data, rows, view, this.me),
      )
    }
    if (news.length > 0) void this.cache.invalidateQueries({ queryKey: keys.counts })
    for (const row of news) {
      if (this.cache.getQueryData(keys.thread(row.id)) === undefined) continue
      void this.cache.invalidateQueries({ queryKey: keys.thread(row.id) })
      this.#retell(row.id)
    }
  }

  #retell(id: string): void {
    void this.cache.invalidateQueries({ queryKey: keys.messages(id) })
    void this.cache.invalidateQueries({ queryKey: keys.episodes(id) })
  }

  async #read(id: string): Promise<void> {
    try {
      const thread: Thread = await call(readConversation({ path: { conversation_id: id } }))
      this.audience.tell([thread])
      for (const view of VIEWS) {
        this.cache.setQueryData<Pages>(
          keys.list(view),
          (data) => data && placed(data, [thread], view, this.me),
        )
      }
      const held = this.cache.getQueryData<Thread>(keys.thread(id))
      if (held && held.version <= thread.version) this.cache.setQueryData(keys.thread(id), thread)
      this.#retell(id)
    } catch (error) {
      if (!(error instanceof ProblemError && error.status === 404)) throw error
    }
  }

  /** The newest version that we hold of each conversation, looked up once for many. */
  #versions(): Map<string, number> {
    const versions = new Map<string, number>()
    const note = ({ id, version }: Conversation) => {
      if ((versions.get(id) ?? -1) < version) versions.set(id, version)
    }
    for (const row of this.#rows()) note(row)
    for (const [, thread] of this.cache.getQueriesData<Thread>({ queryKey: ['thread'] })) {
      if (thread) note(thread)
    }
    return versions
  }

  *#rows(): Iterable<Conversation> {
    for (const view of VIEWS) {
      const data = this.cache.getQueryData<Pages>(keys.list(view))
      for (const page of data?.pages ?? []) yield* page.items
    }
  }

  #newest(): string | null {
    let newest: string | null = null
    for (const { updated_at: at } of this.#rows()) {
      if (newest === null || Date.parse(at) > Date.parse(newest)) newest = at
    }
    return newest
  }
}
