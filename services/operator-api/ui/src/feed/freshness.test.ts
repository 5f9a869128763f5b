/** The stream tells of everything; a tab asks for what it shows, and for who needs somebody. */

import { QueryClient } from '@tanstack/react-query'
import { HttpResponse, http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Conversation, Thread } from '../api'
import { type Pages, rowsOf } from '../inbox/placing'
import type { View } from '../inbox/views'
import { keys } from '../keys'
import { server } from '../testing/api'
import * as sample from '../testing/samples'
import { Freshness } from './freshness'
import type { Hint, Ownership } from './hints'

let cache: QueryClient
let asked: string[]
let answers: Map<string, Thread>
/** Those whose fate matters to somebody, on the screen or not. */
let followed: Set<string>
let told: Conversation[]
let freshness: Freshness

beforeEach(() => {
  cache = new QueryClient()
  asked = []
  answers = new Map()
  followed = new Set()
  told = []
  freshness = new Freshness(cache, sample.ME, {
    tell: (rows) => void told.push(...rows),
    follows: (id) => followed.has(id),
  })
  cache.setQueryData(keys.counts, {})
  server.use(
    http.get('*/api/conversations/:id', ({ params }) => {
      const id = String(params.id)
      asked.push(id)
      return HttpResponse.json(answers.get(id) ?? null)
    }),
  )
})

function holdList(view: View, ...items: Conversation[]): void {
  cache.setQueryData<Pages>(keys.list(view), { pages: [{ items, next: null }], pageParams: [null] })
}

const shown = (view: View) => rowsOf(cache.getQueryData<Pages>(keys.list(view)), view)

/** A conversation as the server has it now. */
function now(facts: Partial<Thread> = {}): Thread {
  const thread = sample.thread(facts)
  answers.set(thread.id, thread)
  return thread
}

function hint({ id, version, owner }: Conversation, as: Ownership | null = owner): Hint {
  return { conversation: id, version, owner: as }
}

/** Whether the counts are asked for again. */
async function recounts(...hints: Hint[]): Promise<boolean> {
  cache.setQueryData(keys.counts, {})
  await freshness.hinted(hints)
  return cache.getQueryState(keys.counts)?.isInvalidated ?? false
}

describe('a change', () => {
  it('of what no list and no thread shows is not asked for', async () => {
    holdList('mine')
    holdList('waiting')
    await freshness.hinted([hint(now({ owner: sample.bot })), hint(now({ owner: sample.caios }))])
    expect(asked).toEqual([])
  })

  it.each<[View, Partial<Thread>]>([
    ['all', { owner: sample.caios }],
    ['bot', { owner: sample.bot }],
    ['closed', { owner: sample.bot, closed: closing() }],
    ['mine', { owner: sample.mine }],
    ['mine', { owner: sample.claiming }],
    ['waiting', { owner: sample.queue, waiting_since: sample.at(0) }],
  ])('that may bring it into the list "%s" is asked for, and shows', async (view, facts) => {
    holdList(view)
    const thread = now(facts)
    await freshness.hinted([hint(thread)])
    expect(shown(view)).toEqual([thread])
  })

  it('that takes it out of a list is asked for', async () => {
    const before = sample.waiting(0)
    holdList('waiting', before)
    await freshness.hinted([hint(now({ ...before, version: 2, owner: sample.caios }))])
    expect(shown('waiting')).toEqual([])
  })

  it('of an open thread is asked for, also while that is on its way', async () => {
    const [open, coming] = [now({ version: 2 }), now({ version: 2 })]
    cache.setQueryData(keys.thread(open.id), { ...open, version: 1 })
    let arrive = (_: Thread) => {}
    const queryFn = () => new Promise<Thread>((resolve) => (arrive = resolve))
    void cache.fetchQuery({ queryKey: keys.thread(coming.id), queryFn })
    await freshness.hinted([hint(open), hint(coming)])
    arrive(coming)
    expect(asked).toEqual([open.id, coming.id])
    expect(cache.getQueryData<Thread>(keys.thread(open.id))?.version).toBe(2)
  })

  it('is heard of wherever one is, if somebody waits or it is one’s own', async () => {
    const rows = [now({ owner: sample.queue }), now({ owner: sample.mine })]
    await freshness.hinted(rows.map((row) => hint(row)))
    expect(told).toEqual(rows)
  })

  it('is heard of by whoever follows it, also when it concerns nobody any more', async () => {
    const gone = now({ owner: sample.caios })
    followed.add(gone.id)
    await freshness.hinted([hint(gone)])
    expect(told).toEqual([gone])
  })

  it('of which no owner is told is asked for', async () => {
    const row = now()
    await freshness.hinted([hint(row, null)])
    expect(asked).toEqual([row.id])
  })
})

describe('the counts', () => {
  const owned = (owner: Ownership | null, version: number) => ({
    conversation: 'c',
    version,
    owner,
  })

  beforeEach(() => void answers.set('c', sample.thread({ id: 'c' })))

  it('stay while a conversation is neither waiting nor one’s own', async () => {
    expect(await recounts(owned(sample.bot, 1))).toBe(true)
    expect(await recounts(owned(sample.bot, 2))).toBe(false)
    expect(await recounts(owned(sample.caios, 3))).toBe(false)
  })

  it.each([sample.queue, sample.mine, sample.claiming])(
    'are asked for around %o',
    async (owner) => {
      await recounts(owned(sample.bot, 1))
      expect(await recounts(owned(owner, 2))).toBe(true)
      expect(await recounts(owned(sample.caios, 3))).toBe(true)
      expect(await recounts(owned(sample.caios, 4))).toBe(false)
    },
  )

  it('are asked for when a version was missed, and not when one comes again', async () => {
    await recounts(owned(sample.bot, 1))
    expect(await recounts(owned(sample.bot, 3))).toBe(true)
    expect(await recounts(owned(sample.bot, 3))).toBe(false)
  })

  it('are asked for after a command of ours, and after what follows it', async () => {
    await recounts(owned(sample.bot, 1))
    expect(await recounts(owned(null, Number.MAX_SAFE_INTEGER))).toBe(true)
    expect(await recounts(owned(sample.bot, 2))).toBe(true)
  })
})

function closing() {
  return { at: sample.at(0), outcome: 'resolved', operator_name: null }
}
