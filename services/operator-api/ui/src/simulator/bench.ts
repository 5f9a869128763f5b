/** Everything that lives as long as the page, wired once. */

import type { QueryClient } from '@tanstack/react-query'
import { createContext, use } from 'react'
import { Store } from '../ui/store'
import {
  addressOf,
  type Clock,
  type Entry,
  forward,
  type Phone,
  type Setting,
  type TraceEntry,
  write,
} from './api'
import { Customers } from './customer'
import { Outage } from './fault/outage'
import { Live, type News } from './live'
import {
  heard,
  merged as mergedTalk,
  type Pending,
  type Sample,
  sampleMedia,
  withBusiness,
} from './phone/talk'
import {
  clockQuery,
  faultsQuery,
  keep,
  messagesQuery,
  phonesQuery,
  settingQuery,
  traceQuery,
} from './queries'
import type { Stage } from './script/play'
import { Running } from './script/running'
import { type Mark, merged as mergedTrail } from './trace/trail'

export class Bench {
  readonly customers: Customers
  readonly live: Live
  readonly running: Running
  readonly outage = new Outage()
  readonly mark = new Store<Mark | null>(null)
  /** Written, and not yet seen on the phone's side. */
  readonly pending = new Store<readonly Pending[]>([])

  constructor(
    readonly cache: QueryClient,
    shelf: Storage = localStorage,
  ) {
    this.customers = new Customers(shelf)
    this.running = new Running((customer) => this.#stage(customer))
    this.live = new Live({ news: this.#heard, missed: this.#read })
  }

  readonly get = (): this => this

  /** Start what runs beside the page; returns how to stop it. */
  readonly start = (): (() => void) => {
    const aborter = new AbortController()
    const { signal } = aborter
    const hear = (name: string, run: () => void) => window.addEventListener(name, run, { signal })
    hear('online', () => this.live.sign('networkBack'))
    hear('offline', () => this.live.sign('networkGone'))
    hear('focus', this.#look)
    hear('pagehide', this.outage.end)
    let phone = this.customers.get().number
    let unfollow = this.live.follow(phone)
    const unwatch = this.customers.subscribe(() => {
      const { number } = this.customers.get()
      if (number === phone) return
      phone = number
      this.mark.set(null)
      this.running.dismiss()
      unfollow()
      unfollow = this.live.follow(phone)
    })
    if (!navigator.onLine) this.live.sign('networkGone')
    return () => {
      aborter.abort()
      unwatch()
      unfollow()
      this.running.stop()
      this.outage.end()
    }
  }

  /** Somebody signed in elsewhere, perhaps. Rejects if not. */
  readonly comeBack = async (): Promise<void> => {
    await this.cache.fetchQuery({ ...settingQuery, staleTime: 0, retry: false })
    this.live.sign('signedIn')
  }

  readonly #look = (): void => {
    if (this.live.connection.get().phase !== 'signedOut') this.live.wake()
    // If it fails, nobody signed in, and the page says so still.
    else this.comeBack().catch(() => undefined)
  }

  /** Simulated, in milliseconds. */
  readonly now = (): number => {
    const clock = this.cache.getQueryData<Clock>(clockQuery.queryKey)
    return Date.now() + (clock?.ahead_seconds ?? 0) * 1000
  }

  /** Somebody who never wrote: the next word begins a conversation. */
  renew(name?: string): void {
    const phones = this.cache.getQueryData<readonly Phone[]>(phonesQuery.queryKey) ?? []
    this.customers.renew(new Set(phones.map((phone) => phone.number)), name)
  }

  /** The number that the customer writes to. */
  business(): string {
    const setting = this.cache.getQueryData<Setting>(settingQuery.queryKey)
    return this.customers.get().to || (setting?.businesses[0]?.number ?? '')
  }

  /** Write as the customer. Rejects if it could not be handed over; it can be tried again then. */
  say(text: string, sample: Sample | null = null): Promise<void> {
    const { number, name } = this.customers.get()
    const sid = `${sample ? 'MM' : 'SM'}${crypto.randomUUID().replaceAll('-', '')}`
    const media = sample ? [sampleMedia(sample, addressOf)] : []
    return this.#hand({
      sid,
      number,
      to: this.business(),
      name,
      text,
      media,
      at: this.now(),
      state: 'sending',
    })
  }

  /** Once more, as the same message: what arrived already arrives no second time. */
  readonly sayAgain = (pending: Pending): void => {
    // A failure shows at the message itself.
    this.#hand({ ...pending, state: 'sending' }).catch(() => undefined)
  }

  async forward(seconds: number): Promise<void> {
    await keep(this.cache, clockQuery.queryKey, await forward(seconds))
  }

  async #hand(pending: Pending): Promise<void> {
    const { sid, number, to, name, text, media } = pending
    const others = () => this.pending.get().filter((one) => one.sid !== sid)
    this.pending.set([...others(), pending])
    try {
      await write(number, { sid, to, text, media, profile_name: name })
    } catch (error) {
      this.pending.set([...others(), { ...pending, state: 'failed' }])
      throw error
    }
    // The stream tells it; without one it has to be asked for.
    if (this.live.connection.get().phase !== 'live') {
      void this.cache.invalidateQueries({ queryKey: messagesQuery(number).queryKey })
    }
  }

  readonly #heard = ({ messages, trace }: News): void => {
    const { number } = this.customers.get()
    if (messages.length > 0) {
      this.cache.setQueryData<Entry[]>(messagesQuery(number).queryKey, (held) =>
        mergedTalk(held ?? [], messages),
      )
    }
    if (trace.length > 0) {
      this.cache.setQueryData<TraceEntry[]>(traceQuery(number).queryKey, (held) =>
        mergedTrail(held ?? [], trace),
      )
    }
    this.#settle(messages)
  }

  /** What may have been missed, and what another page may have changed meanwhile. */
  readonly #read = async (): Promise<void> => {
    const { number } = this.customers.get()
    for (const { queryKey } of [clockQuery, faultsQuery, phonesQuery]) {
      void this.cache.invalidateQueries({ queryKey })
    }
    const asked = [messagesQuery(number), traceQuery(number)]
    const strict = { throwOnError: true }
    await Promise.all(asked.map(({ queryKey }) => this.cache.refetchQueries({ queryKey }, strict)))
    this.#settle(this.cache.getQueryData<Entry[]>(messagesQuery(number).queryKey) ?? [])
  }

  #settle(shown: readonly Entry[]): void {
    const sids = new Set(shown.map((entry) => entry.sid))
    const left = this.pending.get().filter((one) => !sids.has(one.sid))
    if (left.length < this.pending.get().length) this.pending.set(left)
  }

  #stage(customer: string): Stage {
    if (this.#entries().length > 0) this.renew(customer)
    else this.customers.change({ name: customer })
    return {
      say: (text, sample) => this.say(text, sample),
      forward: (seconds) => this.forward(seconds),
      now: this.now,
      heard: () => heard(this.#entries()),
      onHeard: (listener) =>
        this.cache.getQueryCache().subscribe(({ type, query }) => {
          if (type === 'updated' && query.queryKey[0] === 'messages') listener()
        }),
    }
  }

  #entries(): readonly Entry[] {
    const { queryKey } = messagesQuery(this.customers.get().number)
    return withBusiness(this.cache.getQueryData<Entry[]>(queryKey) ?? [], this.business())
  }
}

export const BenchContext = createContext<Bench | null>(null)

export function useBench(): Bench {
  const bench = use(BenchContext)
  if (!bench) throw new Error('there is no bench')
  return bench
}
