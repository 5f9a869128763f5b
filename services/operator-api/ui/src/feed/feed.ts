/** The live feed of one tab: it leads the stream or follows the tab that does. */

import { type Told, toldOf } from '../session/life'
import { Store } from '../ui/store'
import { type Hint, Hints, hintOf } from './hints'
import { after, type Connection, type Phase, type Sign, START } from './machine'
import { type Channel, lead, type Wire } from './sharing'
import type { ServerEvent } from './sse'
import { keepStreaming, type Surroundings } from './stream'
import { timeOf } from './time'

export interface Work {
  hinted: (hints: readonly Hint[]) => Promise<void>
  /** `first`: nothing was told before, so the lists may be old too. */
  resumed: (first: boolean) => Promise<void>
  /** Nothing is told: ask what has changed. */
  pull: () => Promise<void>
  ending: (told: Told) => void
  /** How far the business is ahead of this browser, in milliseconds. */
  ahead: (ms: number) => void
  /** In another tab this person has left, or somebody else has come. */
  gone: () => void
}

const ECONOMY_MS = 5_000
/** Whoever asked for the stream to be dropped may have gone without asking for it back. */
const HELD_MS = 60_000

export class Feed {
  readonly connection = new Store<Connection>(START)
  readonly #hints: Hints
  #waker = new AbortController()
  #dropper = new AbortController()
  #channel: Channel<Connection, Hint> | null = null
  #isLeading = false
  #ahead: number | null = null
  #held: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly me: string,
    private readonly work: Work,
    private readonly channel: () => Channel<Connection, Hint>,
    private readonly around: Pick<Surroundings, 'open' | 'random'>,
    private readonly now: () => number = Date.now,
  ) {
    this.#hints = new Hints((hints) => this.work.hinted(hints))
  }

  /** Run while somebody looks. Returns how to stop. */
  start(): () => void {
    const aborter = new AbortController()
    const channel = this.channel()
    this.#channel = channel
    channel.listen((message) => this.#heard(message))
    channel.post({ kind: 'ask', operator: this.me })
    void lead('handoff-feed', (signal) => this.#lead(channel, signal), aborter.signal)
    return () => {
      aborter.abort()
      this.#isLeading = false
      this.#channel = null
      channel.close()
      this.connection.set(START)
    }
  }

  /** Try again now instead of after the pause. */
  readonly wake = (): void => {
    this.#waker.abort()
    this.#waker = new AbortController()
  }

  /** Tell what the rest of the page learnt: signed out, signed in again, network gone or back. */
  readonly sign = (sign: Sign): void => {
    if (sign === 'signedIn') this.#channel?.post({ kind: 'signedIn' })
    this.#sign(sign)
  }

  /** Tell the other tabs that nobody is here any more. */
  leave(): void {
    this.#channel?.post({ kind: 'left' })
  }

  #sign(sign: Sign): void {
    this.connection.set(after(this.connection.get(), sign, this.now()))
    if (sign === 'networkGone') this.#drop()
    if (sign === 'signedIn' || sign === 'networkBack') this.wake()
  }

  /** Behave as if the network were gone for the stream, and for nothing else. */
  readonly hold = (on: boolean): void => {
    clearTimeout(this.#held)
    this.#held = on ? setTimeout(() => this.hold(false), HELD_MS) : undefined
    if (on) this.#drop()
    else this.wake()
  }

  async #lead(channel: Channel<Connection, Hint>, signal: AbortSignal): Promise<void> {
    this.#isLeading = true
    const stopSaying = this.connection.subscribe(this.#say)
    const poll = setInterval(() => {
      if (this.connection.get().phase !== 'economy') return
      channel.post({ kind: 'pull' })
      void this.work.pull()
    }, ECONOMY_MS)
    try {
      await keepStreaming(
        {
          random: this.around.random,
          open: (lastEventId, until) => this.#open(lastEventId, until),
          pause: (ms, until) => this.#pause(ms, until),
        },
        {
          sign: (sign) => this.#sign(sign),
          event: (event) => this.#hear(event, channel),
          resync: () => {
            channel.post({ kind: 'resumed', first: true })
            void this.work.resumed(true)
          },
          catchUp: async (first) => {
            channel.post({ kind: 'resumed', first })
            await this.#hints.settle()
            await this.work.resumed(first)
          },
        },
        signal,
      )
    } finally {
      clearInterval(poll)
      stopSaying()
    }
  }

  async #open(lastEventId: string | null, until: AbortSignal): Promise<Response> {
    if (this.#held !== undefined) throw new TypeError('held')
    return this.around.open(lastEventId, AbortSignal.any([until, this.#dropper.signal]))
  }

  #hear(event: ServerEvent, channel: Channel<Connection, Hint>): void {
    const hint = hintOf(event)
    if (hint) {
      this.#hints.add(hint)
      channel.post({ kind: 'event', event: hint })
    }
    const time = timeOf(event)
    if (time !== null) {
      this.#ahead = time - this.now()
      this.work.ahead(this.#ahead)
      channel.post({ kind: 'ahead', ms: this.#ahead })
    }
    const told = toldOf(event)
    if (told) {
      this.work.ending(told)
      channel.post({ kind: 'ending', told })
    }
  }

  /** Resolves after the time, or at once when something wakes us. */
  pause(ms: number): Promise<void> {
    return this.#pause(ms, this.#waker.signal)
  }

  /** Resolves once the connection is in such a phase. */
  until(fits: (phase: Phase) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!fits(this.connection.get().phase)) return
        stop()
        resolve()
      }
      const stop = this.connection.subscribe(look)
      look()
    })
  }

  /** A connection can outlive the network in silence: end it, so that the next one tells the gap. */
  #drop(): void {
    this.#dropper.abort()
    this.#dropper = new AbortController()
  }

  #heard(message: Wire<Connection, Hint>): void {
    const isOther = message.kind === 'ask' && message.operator !== this.me
    if (isOther || message.kind === 'left') this.work.gone()
    else if (message.kind === 'signedIn') this.#sign('signedIn')
    else if (this.#isLeading) message.kind === 'ask' && this.#say()
    else if (message.kind === 'state') this.#follow(message.state)
    else if (message.kind === 'event') this.#hints.add(message.event)
    else if (message.kind === 'ahead') this.work.ahead(message.ms)
    else if (message.kind === 'resumed') void this.work.resumed(message.first)
    else if (message.kind === 'pull') void this.work.pull()
    else if (message.kind === 'ending') this.work.ending(message.told)
  }

  readonly #say = (): void => {
    this.#channel?.post({ kind: 'state', state: this.connection.get() })
    if (this.#ahead !== null) this.#channel?.post({ kind: 'ahead', ms: this.#ahead })
  }

  /** Another tab leads: its state is ours. It may not know yet that the session is over. */
  #follow(state: Connection): void {
    if (this.connection.get().phase !== 'signedOut') this.connection.set(state)
  }

  #pause(ms: number, until: AbortSignal): Promise<void> {
    const woken = AbortSignal.any([until, this.#waker.signal])
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      woken.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

/** What may be done in each phase. Reading is always possible. */
export const IS_CURRENT: Record<Phase, boolean> = {
  connecting: false,
  live: true,
  hiccup: true,
  reconnecting: false,
  offline: false,
  catchingUp: false,
  economy: true,
  signedOut: false,
}
