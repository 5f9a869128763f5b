/** One live stream, kept open: it reconnects by itself and says what happens to it. */

import { backoffMs, type Sign } from './machine'
import { EventParser, type ServerEvent } from './sse'

export interface Surroundings {
  open: (lastEventId: string | null, signal: AbortSignal) => Promise<Response>
  /** Resolves after the time, or at once when something wakes us: network, focus, sign-in. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>
  random: () => number
}

export interface Listener {
  sign: (sign: Sign) => void
  event: (event: ServerEvent) => void
  /** Everything may be old. */
  resync: () => void
  /**
   * Called when what was missed has been told; the connection is live when it resolves. `first`: there
   * was no connection before it, so nothing could be told.
   */
  catchUp: (first: boolean) => Promise<void>
}

const HELLO_MS = 10_000
const DEAD_MS = 45_000
const HICCUP_MS = 3_000
const BLOCKED_AFTER = 2
const RETRY_BLOCKED_MS = 60_000
const SIGNED_OUT = 401
const NO_FEED: readonly number[] = [404, 405, 501]

type End = 'dropped' | 'blocked' | 'signedOut'

/** Run until aborted. */
export async function keepStreaming(
  around: Surroundings,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  let lastEventId: string | null = null
  let failures = 0
  let silent = 0
  while (!signal.aborted) {
    const lasting = setTimeout(() => listener.sign('lasting'), HICCUP_MS)
    const run: Run = new Run(around, listener, lastEventId, () => clearTimeout(lasting))
    const end: End = await run.go(signal)
    clearTimeout(lasting)
    lastEventId = run.lastEventId
    if (signal.aborted) return
    failures = run.opened ? 1 : failures + 1
    silent = end === 'blocked' ? silent + 1 : run.opened ? 0 : silent
    if (end === 'signedOut') listener.sign('signedOut')
    else if (silent >= BLOCKED_AFTER || run.refused) listener.sign('blocked')
    else listener.sign('dropped')
    const rest =
      silent >= BLOCKED_AFTER || run.refused
        ? RETRY_BLOCKED_MS
        : backoffMs(failures, around.random())
    await around.pause(rest, signal)
  }
}

/** One connection, from its request to its end. */
class Run {
  opened = false
  refused = false
  readonly #aborter = new AbortController()
  readonly #first: boolean
  /** So many events make up for the gap. */
  #replay = 0
  #watchdog: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly around: Surroundings,
    private readonly listener: Listener,
    public lastEventId: string | null,
    private readonly onOpen: () => void,
  ) {
    this.#first = lastEventId === null
  }

  async go(signal: AbortSignal): Promise<End> {
    this.#expect(HELLO_MS)
    try {
      const both = AbortSignal.any([signal, this.#aborter.signal])
      const response = await this.around.open(this.lastEventId, both)
      if (response.status === SIGNED_OUT) return 'signedOut'
      this.refused = NO_FEED.includes(response.status)
      if (!response.ok || !response.body) return 'dropped'
      await this.#read(response.body)
      return 'dropped'
    } catch {
      // Aborted by us or by the network: the same to whoever waits for events.
      return !this.opened && this.#aborter.signal.aborted ? 'blocked' : 'dropped'
    } finally {
      clearTimeout(this.#watchdog)
      this.#aborter.abort()
    }
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = new EventParser()
    const reader = body.getReader()
    const decoder = new TextDecoder()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      if (this.opened) this.#expect(DEAD_MS)
      for (const event of parser.push(decoder.decode(value, { stream: true }))) this.#take(event)
    }
  }

  #take(event: ServerEvent): void {
    if (event.id !== null) this.lastEventId = event.id
    if (event.name === 'resync') this.listener.resync()
    else {
      this.listener.event(event)
      if (event.name === 'hello') this.#greet(event)
      if (event.name !== 'conversation') return
      this.#replay -= 1
      if (this.#replay === 0) this.#catchUp()
    }
  }

  #greet(event: ServerEvent): void {
    this.opened = true
    this.#expect(DEAD_MS)
    this.onOpen()
    this.listener.sign('opened')
    this.#replay = replayOf(event.data)
    if (this.#replay === 0) this.#catchUp()
  }

  #catchUp(): void {
    const { signal } = this.#aborter
    void this.listener.catchUp(this.#first).then(
      () => signal.aborted || this.listener.sign('caughtUp'),
      () => this.#aborter.abort(),
    )
  }

  #expect(ms: number): void {
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => this.#aborter.abort(), ms)
  }
}

function replayOf(data: string): number {
  const hello: unknown = JSON.parse(data)
  const named = typeof hello === 'object' && hello !== null && 'replay' in hello
  return named ? Number(hello.replay) || 0 : 0
}
