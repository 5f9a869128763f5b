/** What happens on one phone, live: a stream that comes back by itself, and says what it is doing. */

import { after, type Connection, type Sign, START } from '../feed/machine'
import type { ServerEvent } from '../feed/sse'
import { keepStreaming } from '../feed/stream'
import { Store } from '../ui/store'
import { type Entry, openEvents, type TraceEntry } from './api'

export interface News {
  messages: readonly Entry[]
  trace: readonly TraceEntry[]
}

export interface Ear {
  news: (news: News) => void
  /** Something may have been missed: read again. Resolves when that is done. */
  missed: () => Promise<void>
}

/** One drawing for a burst of events. */
const TOGETHER_MS = 50
const SIGNED_OUT: readonly number[] = [401, 403]
const HELLO = new TextEncoder().encode('event: hello\ndata: {"replay":0}\n\n')

export class Live {
  readonly connection = new Store<Connection>(START)
  #waker = new AbortController()
  #dropper = new AbortController()

  constructor(
    private readonly ear: Ear,
    private readonly open = openEvents,
  ) {}

  /** Follow a phone until told to stop. */
  follow(phone: string): () => void {
    const aborter = new AbortController()
    const bundle = new Bundle(this.ear.news)
    void keepStreaming(
      {
        random: Math.random,
        open: (lastEventId, until) => this.#open(phone, lastEventId, until),
        pause: (ms, until) => this.#pause(ms, until),
      },
      {
        sign: (sign) => aborter.signal.aborted || this.sign(sign),
        event: (event) => (event.name === 'gap' ? void this.ear.missed() : bundle.add(event)),
        resync: () => void this.ear.missed(),
        catchUp: () => this.ear.missed(),
      },
      aborter.signal,
    )
    return () => {
      aborter.abort()
      bundle.end()
    }
  }

  /** Try again now instead of after the pause. */
  readonly wake = (): void => {
    this.#waker.abort()
    this.#waker = new AbortController()
  }

  readonly sign = (sign: Sign): void => {
    this.connection.set(after(this.connection.get(), sign, Date.now()))
    if (sign === 'networkGone') this.#drop()
    if (sign === 'signedIn' || sign === 'networkBack') this.wake()
  }

  async #open(phone: string, lastEventId: string | null, until: AbortSignal): Promise<Response> {
    const either = AbortSignal.any([until, this.#dropper.signal])
    const response = await this.open(phone, lastEventId, either)
    // The stream's reader has one word for "sign in first".
    if (SIGNED_OUT.includes(response.status)) return new Response(null, { status: 401 })
    return response.ok && response.body ? new Response(greeting(response.body)) : response
  }

  /** A connection can outlive the network in silence. */
  #drop(): void {
    this.#dropper.abort()
    this.#dropper = new AbortController()
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

/**
 * The stream's reader waits for a greeting; the simulator begins with a heartbeat. Whatever comes first
 * proves that nothing on the way holds the stream back.
 */
function greeting(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let isFirst = true
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (isFirst) controller.enqueue(HELLO)
        isFirst = false
        controller.enqueue(chunk)
      },
    }),
  )
}

/** Collects what comes at once. */
class Bundle {
  #messages: Entry[] = []
  #trace: TraceEntry[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly news: (news: News) => void) {}

  add({ name, data }: ServerEvent): void {
    if (name === 'trace') this.#trace.push(JSON.parse(data) as TraceEntry)
    else if (name === 'message') this.#messages.push(JSON.parse(data) as Entry)
    else return
    this.#timer ??= setTimeout(() => this.#flush(), TOGETHER_MS)
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #flush(): void {
    this.#timer = undefined
    this.news({ messages: this.#messages, trace: this.#trace })
    this.#messages = []
    this.#trace = []
  }
}
