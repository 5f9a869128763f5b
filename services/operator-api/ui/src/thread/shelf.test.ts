import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import { keys } from '../keys'
import * as sample from '../testing/samples'
import type { Held } from './merging'
import { thread } from './queries'
import { keepThread } from './shelf'

function open(cache: QueryClient, id: string, messages = 1): void {
  keepThread(cache, id)
  const items = Array.from({ length: messages }, (_, at) => sample.message({ seq: at + 1 }))
  cache.setQueryData(keys.thread(id), sample.thread({ id }))
  cache.setQueryData(keys.messages(id), { items, more: false })
  cache.setQueryData(keys.episodes(id), [])
}

const held = (cache: QueryClient) => cache.getQueryCache().getAll().length

describe('the shelf of conversations', () => {
  it('holds fifty, those that were opened last', () => {
    const cache = new QueryClient()
    for (let at = 0; at < 300; at += 1) open(cache, `c${at}`)
    expect(held(cache)).toBe(3 * 50)
    expect(cache.getQueryData(keys.thread('c299'))).toBeDefined()
    expect(cache.getQueryData(keys.thread('c249'))).toBeUndefined()
  })

  it('keeps what is on the screen, and lets go of it later', () => {
    const cache = new QueryClient()
    open(cache, 'shown')
    const look = new QueryObserver(cache, { ...thread('shown'), staleTime: 60_000 })
    const away = look.subscribe(() => undefined)
    for (let at = 0; at < 60; at += 1) open(cache, `c${at}`)
    expect(cache.getQueryData(keys.messages('shown'))).toBeDefined()
    away()
    open(cache, 'next')
    expect(cache.getQueryData(keys.messages('shown'))).toBeUndefined()
    expect(held(cache)).toBe(3 * 50)
  })

  it('keeps the last messages of one that was left, and still knows that it is old', () => {
    const cache = new QueryClient()
    open(cache, 'long', 5_000)
    void cache.invalidateQueries({ queryKey: keys.messages('long') })
    open(cache, 'next')
    const { items, more } = cache.getQueryData<Held>(keys.messages('long')) ?? { items: [] }
    expect([items.length, items.at(-1)?.seq, more]).toEqual([100, 5_000, true])
    expect(cache.getQueryState(keys.messages('long'))?.isInvalidated).toBe(true)
  })
})
