/** Everything that lives as long as one operator is signed in, wired once. */

import type { QueryClient } from '@tanstack/react-query'
import { createContext, use } from 'react'
import { isSignedOut, type Message, type Session, type Thread } from './api'
import { ask, type Command, type Decision, execute, post } from './commands/execute'
import { takeNext } from './commands/taking'
import { Drafts } from './composer/drafts'
import { Outbox } from './composer/outbox'
import { Feed } from './feed/feed'
import { Freshness } from './feed/freshness'
import { broadcast } from './feed/sharing'
import { keys } from './keys'
import type { Held } from './thread/merging'
import { Notices } from './ui/notices'

export type Operator = Session['operator']

export class Desk {
  readonly drafts: Drafts
  readonly outbox: Outbox
  readonly feed: Feed
  readonly notices = new Notices()
  /** One command per conversation in flight: each waits for the one before. */
  readonly #queues = new Map<string, Promise<unknown>>()
  readonly #freshness: Freshness

  constructor(
    readonly operator: Operator,
    readonly cache: QueryClient,
    shelf: Storage = localStorage,
  ) {
    this.#freshness = new Freshness(cache, operator.id)
    this.drafts = new Drafts(operator.id, shelf)
    this.outbox = new Outbox(operator.id, shelf, {
      send: (reply) =>
        this.command(
          reply.conversation,
          () => ({ kind: 'reply', body: { ...this.#seen(reply.conversation), text: reply.text } }),
          { key: reply.key, patienceMs: null },
        ),
      giveBack: (reply, reason) => {
        this.drafts.giveBack(reply.conversation, reply.text)
        this.notices.add({ kind: 'refused', reason })
      },
      sent: (reply) => this.#refresh(reply.conversation),
    })
    const work = {
      hinted: (hints: ReadonlyMap<string, number>) =>
        this.#freshness.hinted(hints).catch(this.failed),
      resumed: (first: boolean) => this.#freshness.resumed(first).catch(this.failed),
      pull: () => this.#freshness.pull().catch(this.failed),
    }
    this.feed = new Feed(work, () => broadcast('handoff-feed'), {
      open: openFeed,
      random: Math.random,
    })
  }

  readonly get = (): this => this

  /** Start what runs beside the page; returns how to stop it. */
  readonly start = (): (() => void) => {
    const aborter = new AbortController()
    const { signal } = aborter
    const stop = this.feed.start()
    const hear = (name: string, run: (event: Event) => void, on: EventTarget = window) =>
      on.addEventListener(name, run, { signal })
    hear('online', () => this.feed.sign('networkBack'))
    hear('offline', () => this.feed.sign('networkGone'))
    hear('focus', this.feed.wake)
    hear('pagehide', () => this.drafts.save())
    hear('visibilitychange', () => this.drafts.save(), document)
    hear('storage', (event) => this.drafts.heard((event as StorageEvent).key))
    hear('beforeunload', (event) => this.outbox.isBusy && event.preventDefault())
    const unwatch = this.cache.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated') return
      if (event.action.type === 'error') this.failed(event.action.error)
      if (event.action.type === 'success' && event.query.queryKey[0] === 'messages') {
        const held = event.query.state.data as Held | undefined
        this.outbox.shown(new Set(held?.items.map((message) => message.id)))
      }
    })
    if (!navigator.onLine) this.feed.sign('networkGone')
    this.outbox.resume()
    return () => {
      this.drafts.save()
      aborter.abort()
      unwatch()
      stop()
    }
  }

  /** Send a command after those before it; `make` runs when it is its turn, with what is seen then. */
  command(
    conversation: string,
    make: () => Command,
    { key = crypto.randomUUID() as string, patienceMs = 20_000 as number | null } = {},
  ): Promise<Decision> {
    const before = this.#queues.get(conversation) ?? Promise.resolve()
    const run = before.then(async () => {
      const decision = await execute(conversation, make(), key, {
        post,
        ask,
        pause: (ms) => this.feed.pause(ms),
        now: Date.now,
        patienceMs,
        signedIn: () => this.#signedIn(),
      })
      this.#learn(conversation, decision)
      return decision
    })
    this.#queues.set(
      conversation,
      run.catch(() => undefined),
    )
    return run
  }

  /** Take whoever waits longest; none when nobody does. */
  async claimNext(): Promise<string | null> {
    const taken = await takeNext((ms) => this.feed.pause(ms))
    if (taken !== null) this.#refresh(taken)
    return taken
  }

  /** Any answer may say that the session is over: the page asks for the password and goes on. */
  readonly failed = (error: unknown): void => {
    if (isSignedOut(error)) this.feed.sign('signedOut')
  }

  readonly signedInAgain = (): void => {
    this.feed.sign('signedIn')
    void this.cache.invalidateQueries({ refetchType: 'active' })
  }

  epochOf(conversation: string): number {
    return this.#seen(conversation).epoch
  }

  #seen(conversation: string): { epoch: number; seq: number } {
    const thread = this.cache.getQueryData<Thread>(keys.thread(conversation))
    const held = this.cache.getQueryData<Held>(keys.messages(conversation))
    const last: Message | undefined = held?.items.at(-1)
    return { epoch: thread?.epoch ?? 0, seq: last?.seq ?? thread?.seq ?? 0 }
  }

  /** The answer is newer than what is on the screen: show it before the feed does. */
  #learn(conversation: string, decision: Decision): void {
    const { owner, epoch } = decision
    if (owner) {
      this.cache.setQueryData<Thread>(keys.thread(conversation), (thread) =>
        thread && thread.epoch <= epoch ? { ...thread, owner, epoch } : thread,
      )
    }
    this.#refresh(conversation)
  }

  #refresh(conversation: string): void {
    void this.#freshness
      .hinted(new Map([[conversation, Number.MAX_SAFE_INTEGER]]))
      .catch(this.failed)
    void this.cache.invalidateQueries({ queryKey: keys.messages(conversation) })
  }

  async #signedIn(): Promise<void> {
    this.feed.sign('signedOut')
    await this.feed.until((phase) => phase !== 'signedOut')
  }
}

function openFeed(lastEventId: string | null, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'text/event-stream' }
  if (lastEventId !== null) headers['Last-Event-ID'] = lastEventId
  return fetch('/api/feed', { headers, signal, cache: 'no-store' })
}

export const DeskContext = createContext<Desk | null>(null)

export function useDesk(): Desk {
  const desk = use(DeskContext)
  if (!desk) throw new Error('nobody is signed in')
  return desk
}
