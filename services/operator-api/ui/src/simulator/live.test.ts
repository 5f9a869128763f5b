import { describe, expect, it, vi } from 'vitest'
import { type Ear, Live, type News } from './live'
import { event } from './testing/samples'

const told = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
const BEAT = ': heartbeat\n\n'

type Answer = (signal: AbortSignal) => Response

/** A stream that says this, and then stays open. */
const saying =
  (...texts: string[]): Answer =>
  (signal) => {
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => {
        stream.enqueue(new TextEncoder().encode(texts.join('')))
        signal.addEventListener('abort', () => stream.error(signal.reason))
      },
    })
    return new Response(body)
  }

class FakeEar implements Ear {
  readonly heard: News[] = []
  misses = 0
  news = (news: News) => void this.heard.push(news)
  missed = async () => {
    this.misses += 1
  }
}

function following(...answers: Answer[]) {
  const ear = new FakeEar()
  const asked: (string | null)[] = []
  const live = new Live(ear, async (_, lastEventId, signal) => {
    asked.push(lastEventId)
    return (answers.shift() ?? saying(BEAT))(signal)
  })
  return { ear, live, asked, stop: live.follow('+5541900001111') }
}

const soon = { timeout: 5_000 }

describe('the live view of a phone', () => {
  it('draws a burst once', async () => {
    const many = Array.from({ length: 200 }, () => told('trace', event('a')))
    const { ear, stop } = following(saying(BEAT, ...many))
    await vi.waitFor(() => expect(ear.heard).toHaveLength(1), soon)
    expect(ear.heard[0]?.trace).toHaveLength(200)
    stop()
  })

  it('reads again when it begins, and after a gap', async () => {
    const { ear, live, stop } = following(saying(BEAT, told('gap', {})))
    await vi.waitFor(() => expect(ear.misses).toBe(2), soon)
    await vi.waitFor(() => expect(live.connection.get().phase).toBe('live'), soon)
    stop()
  })

  it('ends a connection that the network left behind, and begins another one', async () => {
    const { live, asked, stop } = following()
    await vi.waitFor(() => expect(live.connection.get().phase).toBe('live'), soon)
    live.sign('networkGone')
    expect(live.connection.get().phase).toBe('offline')
    await vi.waitFor(() => {
      live.sign('networkBack')
      expect(asked.length).toBeGreaterThan(1)
    }, soon)
    await vi.waitFor(() => expect(live.connection.get().phase).toBe('live'), soon)
    stop()
  })

  it.each([401, 403])('says that nobody is signed in (%i)', async (status) => {
    const { live, stop } = following(() => new Response(null, { status }))
    await vi.waitFor(() => expect(live.connection.get().phase).toBe('signedOut'), soon)
    stop()
  })

  it('tells nothing more when it has stopped', async () => {
    vi.useFakeTimers()
    const { ear, live, stop } = following(saying(BEAT, told('trace', event('a'))))
    await vi.advanceTimersByTimeAsync(10)
    expect(live.connection.get().phase).toBe('live')
    stop()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(ear.heard).toEqual([])
    vi.useRealTimers()
  })
})
