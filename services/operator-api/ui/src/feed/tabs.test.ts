/** Several tabs of one browser: one of them leads the stream, and none shows less than it. */

import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Conversation } from '../api'
import { type Pages, rowsOf } from '../inbox/placing'
import { keys } from '../keys'
import { answer } from '../testing/api'
import * as sample from '../testing/samples'
import { Feed } from './feed'
import { Freshness } from './freshness'
import type { Hint } from './hints'
import type { Connection } from './machine'
import type { Channel, Wire } from './sharing'

type Message = Wire<Connection, Hint>
type Open = () => Promise<Response>

/** What one tab says, all others hear. */
class Browser {
  readonly #ears = new Map<object, (message: Message) => void>()

  channel = (): Channel<Connection, Hint> => {
    const me = {}
    return {
      post: (message) => {
        for (const [tab, hear] of this.#ears) if (tab !== me) hear(message)
      },
      listen: (hear) => void this.#ears.set(me, hear),
      close: () => void this.#ears.delete(me),
    }
  }
}

/** Of those who want it, the first gets it, and keeps it. */
function lockGivenOnce() {
  let isTaken = false
  return (_name: string, _how: object, work: () => Promise<void>) => {
    if (isTaken) return new Promise(() => undefined)
    isTaken = true
    return work()
  }
}

const before = sample.conversation({ version: 1, preview: 'before' })
const stops: (() => void)[] = []

/** A tab that shows the list of everybody. */
function tab(browser: Browser, open: Open) {
  const cache = new QueryClient()
  const pages: Pages = { pages: [{ items: [before], next: null }], pageParams: [null] }
  cache.setQueryData(keys.list('all'), pages)
  const freshness = new Freshness(cache, sample.ME)
  const work = {
    hinted: freshness.hinted.bind(freshness),
    resumed: freshness.resumed.bind(freshness),
    pull: freshness.pull.bind(freshness),
    ending: () => undefined,
    ahead: () => undefined,
    gone: () => undefined,
  }
  const feed = new Feed(sample.ME, work, browser.channel, { open, random: () => 0.5 })
  stops.push(feed.start())
  const rows = (): Conversation[] => rowsOf(cache.getQueryData<Pages>(keys.list('all')), 'all')
  return { feed, previews: () => rows().map(({ preview }) => preview) }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  vi.stubGlobal('navigator', { locks: { request: lockGivenOnce() } })
})

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it('without a stream, every tab asks what has changed in its lists', async () => {
  const browser = new Browser()
  const open = vi.fn(async () => new Response(null, { status: 404 }))
  const leader = tab(browser, open)
  const follower = tab(browser, open)
  await vi.waitFor(() => expect(follower.feed.connection.get().phase).toBe('economy'))
  const items = [{ ...before, version: 2, preview: 'after', updated_at: sample.at(1) }]
  answer('GET /api/changes', { items, next: null, as_of: sample.at(1) })

  vi.advanceTimersByTime(5_000)

  await vi.waitFor(() => expect(leader.previews()).toEqual(['after']))
  await vi.waitFor(() => expect(follower.previews()).toEqual(['after']))
  expect(open).toHaveBeenCalledOnce()
})
