import { describe, expect, it } from 'vitest'
import { answered, at, event, wrote } from '../testing/samples'
import {
  conversationOf,
  lights,
  lightsBubble,
  markOfEntry,
  markOfEvent,
  merged,
  rowsOf,
  SHOWN,
} from './trail'

const numbers = (entries: readonly { number: number }[]) => entries.map(({ number }) => number)
const trace = (cause: string) => ({ trace: `00-${cause}-1111111111111111-01` })

describe('the trail', () => {
  it('holds each event once, in the order of their numbers', () => {
    const [a, b, c] = [event('a'), event('b'), event('c')]
    expect(numbers(merged([a, c], [b, c]))).toEqual(numbers([a, b, c]))
    expect(numbers(merged([a], [b, c]))).toEqual(numbers([a, b, c]))
    expect(numbers(merged([], [c, a, b]))).toEqual(numbers([a, b, c]))
  })

  it('does not grow without end', () => {
    const many = Array.from({ length: 2_600 }, (_, number) => event('a', { number }))
    const held = merged([], many)
    expect(held).toHaveLength(2_000)
    expect(held.at(-1)?.number).toBe(2_599)
  })

  it('knows the conversation that the phone is in', () => {
    const before = event('a', { conversation: 'c-1' })
    expect(conversationOf([])).toBeNull()
    expect(conversationOf([before, event('b', { conversation: '' })])).toBe('c-1')
  })
})

describe('rows', () => {
  it('tell the time since the first event, also when a filter hides it', () => {
    const trail = [
      event('a', { at: at(10), lane: 'customer' }),
      event('b', { at: at(12), lane: 'bot' }),
    ]
    expect(rowsOf(trail, 'bot').rows.map(({ since }) => since)).toEqual([2_000])
  })

  it('tell who had the conversation before, per conversation', () => {
    const queue = { kind: 'queue', name: '' } as const
    const helena = { kind: 'person', name: 'Helena' } as const
    const trail = [
      event('a', { owner: queue, lane: 'handoff' }),
      event('b', { conversation: 'c-2', owner: queue, lane: 'handoff' }),
      event('c', { owner: helena, lane: 'person' }),
    ]
    const kinds = rowsOf(trail, 'all').rows.map(({ before }) => before.kind)
    expect(kinds).toEqual(['bot', 'bot', 'queue'])
  })

  it('know who had it before also when a filter hides that change', () => {
    const trail = [
      event('a', { owner: { kind: 'queue', name: '' }, lane: 'handoff' }),
      event('b', { owner: { kind: 'bot', name: '' }, lane: 'bot' }),
    ]
    expect(rowsOf(trail, 'bot').rows[0]?.before.kind).toBe('queue')
  })

  it('pass a filter by their lane', () => {
    const trail = [
      event('a', { lane: 'bot' }),
      event('b', { lane: 'outbound' }),
      event('c', { lane: 'receipt' }),
      event('d', { lane: 'person' }),
      event('e', { lane: 'handoff' }),
      event('f', { lane: 'router' }),
    ]
    const names = (filter: Parameters<typeof rowsOf>[1]) =>
      rowsOf(trail, filter).rows.map(({ entry }) => entry.name)
    expect(names('bot')).toEqual(['a'])
    expect(names('outbound')).toEqual(['b', 'c'])
    expect(names('handoff')).toEqual(['d', 'e'])
    expect(names('all')).toHaveLength(6)
  })

  it('are at most as many as a page can bear, the newest', () => {
    const many = Array.from({ length: SHOWN + 7 }, () => event('a'))
    const { rows, hidden } = rowsOf(many, 'all')
    expect([rows.length, hidden]).toEqual([SHOWN, 7])
    expect(rows.at(-1)?.entry.number).toBe(many.at(-1)?.number)
  })
})

describe('lighting up', () => {
  const asked = wrote('oi')
  const reply = answered('olá')
  const trail = [
    event('phone.wrote', { sid: asked.sid }),
    event('customer.wrote.v1', { sid: asked.sid, detail: trace('aa') }),
    event('bot.requested.v1', { detail: trace('aa') }),
    event('message.released.v1', { message: reply.mid, detail: trace('aa') }),
    event('create.accepted', { message: reply.mid, sid: reply.sid }),
    event('delivery.reported.v1', { sid: reply.sid, detail: trace('bb') }),
  ]
  const lit = (mark: Parameters<typeof lights>[0]) =>
    trail.flatMap((entry, place) => (lights(mark, entry) ? [place] : []))

  it('of what the customer wrote shows everything that it set off', () => {
    expect(lit(markOfEntry(asked, trail))).toEqual([0, 1, 2, 3])
  })

  it('of an answer shows its own way, by either of its names', () => {
    expect(lit(markOfEntry(reply, trail))).toEqual([3, 4, 5])
  })

  it('goes from an event to its bubble', () => {
    const bubbleOf = (place: number) => {
      const chosen = markOfEvent(trail[place] ?? event('none'), [asked, reply], trail)
      return [asked, reply].filter((entry) => lightsBubble(chosen, entry))
    }
    expect(bubbleOf(0)).toEqual([asked])
    expect(bubbleOf(2)).toEqual([asked])
    expect(bubbleOf(3)).toEqual([reply])
    expect(bubbleOf(5)).toEqual([reply])
  })

  it('of an event without a bubble is of that event, and empty names match nothing', () => {
    const lone = event('message.refused.v1', { message: 'm-lost' })
    expect(lights(markOfEvent(lone, [asked], trail), lone)).toBe(true)
    const nameless = event('clock.moved')
    expect(lit(markOfEvent(nameless, [asked], trail))).toEqual([])
    expect(lit(null)).toEqual([])
  })
})
