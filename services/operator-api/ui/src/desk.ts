/** Everything that lives as long as one operator is signed in, wired once. */

import type { QueryClient } from '@tanstack/react-query'
import { createContext, use } from 'react'
import { Alerts } from './alerts/alerts'
import { browserStage } from './alerts/stage'
import { type Conversation, call, isSignedOut, type Session, type Thread } from './api'
import { readSession } from './client'
import {
  ask,
  type Command,
  type Decision,
  execute,
  GoneError,
  post,
  type Ways,
} from './commands/execute'
import { takeNext } from './commands/taking'
import { Drafts } from './composer/drafts'
import { DoubtError, doubtOf, FRESH_MS, Outbox, type Reply, type Seen } from './composer/outbox'
import { Feed, IS_CURRENT } from './feed/feed'
import { Freshness } from './feed/freshness'
import type { Hint } from './feed/hints'
import { broadcast } from './feed/sharing'
import { hearBrowser } from './hearing'
import { rowHeld } from './inbox/queries'
import { keys } from './keys'
import { fetchTheRest } from './later'
import { holderOf } from './ownership'
import { Life } from './session/life'
import type { Held } from './thread/merging'
import { thread as threadQuery } from './thread/queries'
import { Reads } from './thread/reads'
import { keepThread } from './thread/shelf'
import { ahead } from './ui/clock'
import { Notices } from './ui/notices'
import { customerName, firstName } from './ui/people'

export type Operator = Session['operator']

/** An operator's press is answered within moments, or not at all. */
const PATIENCE_MS = 20_000
const JUST_MS = 5_000

export class Desk {
  readonly alerts: Alerts
  readonly drafts: Drafts
  readonly feed: Feed
  readonly life: Life
  readonly notices = new Notices()
  readonly outbox: Outbox
  readonly reads: Reads
  /** One command per conversation in flight: each waits for the one before. */
  readonly #queues = new Map<string, Promise<void>>()
  readonly #freshness: Freshness
  #claimed = { id: '', at: 0 }
  /** The cookie may be another's by now: nothing is sent any more. */
  #hasGone = false

  constructor(
    readonly operator: Operator,
    readonly cache: QueryClient,
    /** Lead to a conversation. */
    private readonly open: (id: string) => void,
    /** Nothing of this person may stay: they left, here or in another tab. */
    private readonly close: (here: boolean) => void,
    shelf: Storage = localStorage,
  ) {
    this.alerts = new Alerts(operator.id, shelf, browserStage(open))
    this.#freshness = new Freshness(cache, operator.id, this.alerts)
    this.drafts = new Drafts(operator.id, shelf)
    this.reads = new Reads(operator.id, shelf)
    this.life = new Life(() => call(readSession()).then(() => undefined, this.failed))
    this.outbox = new Outbox(operator.id, shelf, {
      seen: (conversation) => this.#seenOf(conversation),
      send: (reply) => this.#send(reply),
      giveBack: (reply, reason) => {
        this.drafts.giveBack(reply.conversation, reply.text)
        this.notices.add({ kind: 'refused', reason })
      },
      sent: (reply) => this.#refresh(reply.conversation),
      failed: (reply) => this.#tellUnsent(reply.conversation),
    })
    const work = {
      hinted: (hints: readonly Hint[]) => this.#freshness.hinted(hints).catch(this.failed),
      resumed: (first: boolean) => this.#freshness.resumed(first).catch(this.failed),
      pull: () => this.#freshness.pull().catch(this.failed),
      ending: this.life.heard,
      ahead: (ms: number) => ahead.set(ms),
      gone: () => this.#go(false),
    }
    this.feed = new Feed(operator.id, work, () => broadcast('handoff-feed'), {
      open: openFeed,
      random: Math.random,
    })
  }

  readonly get = (): this => this

  /** Start what runs beside the page; returns how to stop it. */
  readonly start = (): (() => void) => {
    this.#hasGone = false
    const stopFeed = this.feed.start()
    const stopHearing = hearBrowser(this)
    if (!navigator.onLine) this.feed.sign('networkGone')
    this.outbox.resume()
    fetchTheRest()
    return () => {
      // Before the feed's end wakes those who wait for a sign-in.
      this.#hasGone = true
      this.drafts.save()
      stopHearing()
      stopFeed()
    }
  }

  /** Send a command after those before it; `make` runs when it is its turn, with what is seen then. */
  command(
    conversation: string,
    make: () => Command,
    key: string = crypto.randomUUID(),
    ways: Partial<Ways> = {},
  ): Promise<Decision> {
    const before = this.#queues.get(conversation) ?? Promise.resolve()
    const run = before.then(async () => {
      const decision = await execute(conversation, make(), key, {
        post,
        ask,
        pause: this.#pause,
        now: Date.now,
        patienceMs: PATIENCE_MS,
        signedIn: () => this.#signedIn(),
        stillHere: this.#stillHere,
        ...ways,
      })
      this.#learn(conversation, decision)
      return decision
    })
    const ended: Promise<void> = run.then(
      () => this.#end(conversation, ended),
      () => this.#end(conversation, ended),
    )
    this.#queues.set(conversation, ended)
    return run
  }

  #end(conversation: string, last: Promise<void>): void {
    if (this.#queues.get(conversation) === last) this.#queues.delete(conversation)
  }

  /** Take whoever waits longest; none when nobody does. */
  async claimNext(): Promise<string | null> {
    const taken = await takeNext({
      pause: this.#pause,
      now: Date.now,
      signedIn: () => this.#signedIn(),
      stillHere: this.#stillHere,
    })
    if (taken !== null) {
      this.claimed(taken)
      this.#refresh(taken)
    }
    return taken
  }

  /** Somebody was taken over by a press of ours: what is wanted next is to write. */
  claimed(conversation: string): void {
    this.#claimed = { id: conversation, at: Date.now() }
    this.alerts.isInContext.set(true)
  }

  hasJustClaimed(conversation: string): boolean {
    const { id, at } = this.#claimed
    return id === conversation && Date.now() - at < JUST_MS
  }

  /** Any answer may say that the session is over: the page asks for the password and goes on. */
  readonly failed = (error: unknown): void => {
    if (isSignedOut(error)) this.feed.sign('signedOut')
  }

  readonly signedInAgain = (): void => {
    this.life.begin()
    this.feed.sign('signedIn')
    void this.cache.invalidateQueries({ refetchType: 'active' })
  }

  /** This person has gone; what they typed stays in this browser, under their name. */
  readonly leave = (): void => {
    this.feed.leave()
    this.#go(true)
  }

  epochOf(conversation: string): number {
    return this.#thread(conversation)?.epoch ?? 0
  }

  #thread(conversation: string): Thread | undefined {
    return this.cache.getQueryData<Thread>(keys.thread(conversation))
  }

  #seenOf(conversation: string): Seen {
    const row: Conversation | undefined =
      this.#thread(conversation) ?? rowHeld(this.cache, conversation)
    if (!row) return { epoch: null, inbound: null }
    const isMine = holderOf(row, this.operator.id) === 'mine'
    return { epoch: isMine ? row.epoch : null, inbound: row.last_inbound_at }
  }

  /** The last message that is on the screen. */
  seqOf(conversation: string): number {
    const held = this.cache.getQueryData<Held>(keys.messages(conversation))
    return held?.items.at(-1)?.seq ?? this.#thread(conversation)?.seq ?? 0
  }

  #send(reply: Reply): Promise<Decision> {
    const { conversation, key, text } = reply
    const make = (): Command => ({
      kind: 'reply',
      body: { epoch: this.epochOf(conversation), seq: this.seqOf(conversation), text },
    })
    const before = () => this.#stillMeant(reply)
    return this.command(conversation, make, key, { patienceMs: null, before })
  }

  /** What waited goes once the thread is current, and only if it still makes sense. */
  async #stillMeant(reply: Reply): Promise<void> {
    await this.feed.until((phase) => IS_CURRENT[phase])
    if (Date.now() - reply.at < FRESH_MS) return
    keepThread(this.cache, reply.conversation)
    await this.cache.fetchQuery({ ...threadQuery(reply.conversation), staleTime: 0 })
    const doubt = doubtOf(reply, this.#seenOf(reply.conversation), Date.now())
    if (doubt) throw new DoubtError(doubt)
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
      .hinted([{ conversation, version: Number.MAX_SAFE_INTEGER, owner: null }])
      .catch(this.failed)
    void this.cache.invalidateQueries({ queryKey: keys.messages(conversation) })
  }

  #tellUnsent(conversation: string): void {
    this.alerts.failed()
    const row = this.#thread(conversation) ?? rowHeld(this.cache, conversation)
    const name = row ? firstName(customerName(row)) : ''
    this.notices.add({ kind: 'unsent', name, open: () => this.open(conversation) })
  }

  #go(here: boolean): void {
    this.#hasGone = true
    this.close(here)
  }

  readonly #stillHere = (): void => {
    if (this.#hasGone) throw new GoneError('whoever pressed has gone')
  }

  readonly #pause = async (ms: number): Promise<void> => {
    await this.feed.pause(ms)
    this.#stillHere()
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
