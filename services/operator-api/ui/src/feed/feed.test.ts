import { describe, expect, it, vi } from 'vitest'
import { Feed, type Work } from './feed'
import { type Hint, Hints, hintOf } from './hints'
import { after, backoffMs, type Connection, type Sign, START } from './machine'
import type { Channel, Wire } from './sharing'
import { EventParser, type ServerEvent } from './sse'
import { keepStreaming, type Listener, type Surroundings } from './stream'
import { timeOf } from './time'

const walk = (...signs: Sign[]) =>
  signs.reduce<Connection>((connection, sign, at) => after(connection, sign, at), START)

describe('the connection', () => {
  it('is live only after the gap is filled', () => {
    expect(walk('opened').phase).toBe('catchingUp')
    expect(walk('opened', 'caughtUp').phase).toBe('live')
  })

  it('says nothing about a hiccup, and something about what lasts', () => {
    expect(walk('opened', 'caughtUp', 'dropped').phase).toBe('hiccup')
    expect(walk('opened', 'caughtUp', 'dropped', 'lasting').phase).toBe('reconnecting')
    expect(walk('opened', 'caughtUp', 'dropped', 'dropped').phase).toBe('reconnecting')
    expect(walk('opened', 'caughtUp', 'dropped', 'opened', 'caughtUp').phase).toBe('live')
  })

  it('remembers since when the screen may be old', () => {
    const lost = walk('opened', 'caughtUp', 'networkGone', 'networkBack', 'dropped')
    expect([lost.phase, lost.since, lost.attempt]).toEqual(['reconnecting', 2, 1])
    expect(after(after(lost, 'opened', 9), 'caughtUp', 10).since).toBeNull()
  })

  it('works without streams, and leaves that when a stream comes through', () => {
    expect(walk('blocked').phase).toBe('economy')
    expect(walk('blocked', 'dropped').phase).toBe('economy')
    expect(walk('blocked', 'opened', 'caughtUp').phase).toBe('live')
  })

  it('waits for a sign-in and ignores everything else meanwhile', () => {
    expect(walk('opened', 'signedOut', 'dropped', 'networkBack', 'opened').phase).toBe('signedOut')
    expect(walk('opened', 'signedOut', 'signedIn').phase).toBe('connecting')
  })

  it('tries again after 1, 2, 4, 8, 15, 30 s, a quarter more or less', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((n) => backoffMs(n, 0.5))).toEqual([
      1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 30_000,
    ])
    expect(backoffMs(1, 0)).toBe(750)
    expect(backoffMs(1, 0.999)).toBeLessThanOrEqual(1_250)
  })
})

describe('server-sent events', () => {
  const whole =
    'id: 1\nevent: conversation\ndata: {"a":1}\n\n: heartbeat\n\nevent: hello\r\ndata: x\r\ndata: y\r\n\r\n'
  const events = [
    { name: 'conversation', data: '{"a":1}', id: '1' },
    { name: 'hello', data: 'x\ny', id: '1' },
  ]

  it('are read out of any pieces', () => {
    for (let size = 1; size <= whole.length; size += 1) {
      const parser = new EventParser()
      const found = []
      for (let at = 0; at < whole.length; at += size) {
        found.push(...parser.push(whole.slice(at, at + size)))
      }
      expect(found).toEqual(events)
    }
  })

  it('that are cut off are not told', () => {
    expect(new EventParser().push('event: hello\ndata: x\n')).toEqual([])
  })
})

describe('hints', () => {
  it('of one frame are asked for once, at the newest version', async () => {
    const asked: (readonly Hint[])[] = []
    const hints = new Hints(async (found) => void asked.push(found), 1)
    const hint = (conversation: string, version: number) => ({ conversation, version, owner: null })
    for (const [conversation, version] of [
      ['a', 2],
      ['a', 4],
      ['b', 1],
      ['a', 3],
    ] as const) {
      hints.add(hint(conversation, version))
    }
    await vi.waitFor(() => expect(asked).toEqual([[hint('a', 4), hint('b', 1)]]))
  })

  it('are only what they say they are', () => {
    const told = (data: string, name = 'conversation') => hintOf({ name, data, id: null })
    const hint = { conversation: 'c', version: 3, owner: null }
    const said = '"conversation_id":"c","version":3'
    expect(told(`{${said}}`)).toEqual(hint)
    expect(told(`{${said},"owner":"human","operator_id":"me"}`)).toEqual({
      ...hint,
      owner: { kind: 'human', operator_id: 'me' },
    })
    expect(told(`{${said},"owner":"toString"}`)).toEqual(hint)
    expect(told('not json')).toBeNull()
    expect(told('{"version":3}')).toBeNull()
    expect(told('{"conversation_id":"c","version":3}', 'hello')).toBeNull()
  })
})

/** A server that answers each connection with the next of these bodies. */
class FakeServer implements Surroundings {
  readonly asked: (string | null)[] = []
  readonly #stop = new AbortController()
  readonly stopped = this.#stop.signal

  constructor(private readonly bodies: (string | number)[]) {}

  open = async (lastEventId: string | null) => {
    this.asked.push(lastEventId)
    const body = this.bodies.shift()
    if (body === undefined) {
      this.#stop.abort()
      throw new TypeError('network')
    }
    return typeof body === 'number' ? new Response(null, { status: body }) : new Response(body)
  }
  pause = async () => {}
  random = () => 0.5
}

class FakeListener implements Listener {
  readonly told: string[] = []
  sign = (sign: Sign) => void this.told.push(sign)
  event = ({ name, data }: ServerEvent) => void (name !== 'hello' && this.told.push(data))
  resync = () => void this.told.push('resync')
  catchUp = async (first: boolean) => void this.told.push(first ? 'catch up with all' : 'catch up')
}

const hello = (replay: number) => `event: hello\ndata: {"replay":${replay}}\nid: t0\n\n`
const told = (data: string, id: string) => `event: conversation\ndata: ${data}\nid: ${id}\n\n`

async function run(...bodies: (string | number)[]) {
  const server = new FakeServer(bodies)
  const listener = new FakeListener()
  await keepStreaming(server, listener, server.stopped)
  return { asked: server.asked, told: listener.told }
}

describe('the stream', () => {
  it('comes back with the last id, and is told what it missed before it is live', async () => {
    const { asked, told: heard } = await run(
      hello(0) + told('a', 't1'),
      hello(2) + told('b', 't2') + told('c', 't3'),
    )
    expect(asked).toEqual([null, 't1', 't3'])
    expect(heard).toEqual([
      'opened',
      'catch up with all',
      'a',
      'caughtUp',
      'dropped',
      'opened',
      'b',
      'c',
      'catch up',
      'caughtUp',
      'dropped',
    ])
  })

  it('says when the session is over, and when there are no streams', async () => {
    expect((await run(401)).told).toEqual(['signedOut'])
    expect((await run(404)).told).toEqual(['blocked'])
    expect((await run(503)).told).toEqual(['dropped'])
  })

  it('asks for everything when the server says so', async () => {
    expect((await run(`${hello(0)}event: resync\ndata: {}\n\n`)).told).toContain('resync')
  })
})

describe('the time of the business', () => {
  const NOON = Date.parse('2026-06-12T12:00:00Z')
  const TOMORROW = '2026-06-13T12:00:00Z'

  it('is in the first event, and in those that say that it was moved', () => {
    const told = (name: string, data: string) => timeOf({ name, data, id: null })
    expect(told('hello', `{"time":"${TOMORROW}","replay":0}`)).toBe(NOON + 24 * 3_600_000)
    expect(told('clock', `{"time":"${TOMORROW}"}`)).toBe(NOON + 24 * 3_600_000)
    expect(told('conversation', `{"time":"${TOMORROW}"}`)).toBeNull()
    expect(told('clock', '{"time":"soon"}')).toBeNull()
    expect(told('clock', 'not json')).toBeNull()
  })

  it('is told by the tab that hears it to all the others, and to those that come later', async () => {
    const hello = `event: hello\ndata: {"time":"${TOMORROW}","replay":0}\n\n`
    const heard: number[] = []
    const channel = new FakeChannel()
    const open = (_: string | null, signal: AbortSignal) =>
      Promise.resolve(new Response(endless(hello, signal)))
    const work = { ...IDLE, ahead: (ms: number) => void heard.push(ms) }
    const feed = new Feed(
      'me',
      work,
      () => channel,
      { open, random: () => 0.5 },
      () => NOON,
    )
    const stop = feed.start()
    await vi.waitFor(() => expect(heard).toEqual([24 * 3_600_000]))
    const message = { kind: 'ahead', ms: 24 * 3_600_000 }
    expect(channel.said).toContainEqual(message)
    channel.said.length = 0
    channel.hear({ kind: 'ask', operator: 'me' })
    expect(channel.said).toContainEqual(message)
    stop()
  })

  it('is heard from another tab', async () => {
    const heard: number[] = []
    const channel = new FakeChannel()
    vi.stubGlobal('navigator', { locks: { request: () => new Promise(() => undefined) } })
    const work = { ...IDLE, ahead: (ms: number) => void heard.push(ms) }
    const open = () => Promise.reject(new TypeError('another tab leads'))
    const stop = new Feed('me', work, () => channel, { open, random: () => 0.5 }).start()
    channel.hear({ kind: 'ahead', ms: 5 })
    expect(heard).toEqual([5])
    stop()
    vi.unstubAllGlobals()
  })
})

/** What other tabs say is put into `hear`. */
class FakeChannel implements Channel<Connection, Hint> {
  readonly said: Wire<Connection, Hint>[] = []
  hear: (message: Wire<Connection, Hint>) => void = () => undefined
  post = (message: Wire<Connection, Hint>) => void this.said.push(message)
  listen = (hear: (message: Wire<Connection, Hint>) => void) => {
    this.hear = hear
  }
  close = () => undefined
}

const IDLE: Work = {
  hinted: async () => undefined,
  resumed: async () => undefined,
  pull: async () => undefined,
  ending: () => undefined,
  ahead: () => undefined,
  gone: () => undefined,
}

/** A stream that says this and stays open until it is left. */
function endless(text: string, signal: AbortSignal): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text))
      signal.addEventListener('abort', () => controller.error(signal.reason))
    },
  })
}
