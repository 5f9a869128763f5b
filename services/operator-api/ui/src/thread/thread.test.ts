import { describe, expect, it } from 'vitest'
import { at, episode, ME, message } from '../testing/samples'
import { withOlder, withTail } from './merging'
import { receiptOf } from './receipts'
import { joins, segmentsOf } from './segments'

const said = (segments: ReturnType<typeof segmentsOf>) =>
  segments.map((segment) => [
    segment.kind,
    segment.items.flatMap((item) => (item.kind === 'message' ? [item.message.seq] : [])),
  ])

describe('segments', () => {
  const talk = [
    message({ seq: 1, created_at: at(0) }),
    message({ seq: 2, created_at: at(0), author: 'bot' }),
    message({ seq: 3, created_at: at(1) }),
    message({ seq: 4, created_at: at(1), author: 'system' }),
    message({
      seq: 5,
      created_at: at(6),
      author: 'operator',
      operator_id: ME,
      operator_name: 'Helena',
    }),
    message({ seq: 6, created_at: at(9), author: 'bot' }),
  ]

  it('tell who had the conversation: bot, queue, person, bot', () => {
    const whole = episode({
      opened_at: at(1),
      opened_seq: 3,
      claimed_at: at(5),
      closed_at: at(8),
      operator_id: ME,
      operator_name: 'Helena',
    })
    const segments = segmentsOf(talk, [whole])
    expect(said(segments)).toEqual([
      ['bot', [1, 2, 3]],
      ['wait', [4]],
      ['human', [5]],
      ['bot', [6]],
    ])
    expect(segments[2]?.operator?.name).toBe('Helena')
    expect(segments[1]?.to).toBe(Date.parse(at(5)))
  })

  it('show a handoff that nobody has claimed, and a claim before the first word', () => {
    const open = episode({ opened_at: at(1), opened_seq: 3 })
    expect(said(segmentsOf(talk.slice(0, 3), [open]))).toEqual([
      ['bot', [1, 2, 3]],
      ['wait', []],
    ])
    const claimed = { ...open, claimed_at: at(2), operator_id: ME, operator_name: 'Helena' }
    expect(said(segmentsOf(talk.slice(0, 3), [claimed])).at(-1)).toEqual(['human', []])
  })

  it('follow the authors where there is no record of an episode', () => {
    expect(said(segmentsOf(talk, []))).toEqual([
      ['bot', [1, 2, 3, 4]],
      ['human', [5]],
      ['bot', [6]],
    ])
  })

  it('start with what holds at the first message that is loaded', () => {
    const past = episode({
      opened_at: at(-9),
      opened_seq: 0,
      claimed_at: at(-8),
      closed_at: at(-7),
      operator_id: ME,
    })
    expect(said(segmentsOf(talk.slice(0, 2), [past]))).toEqual([['bot', [1, 2]]])
  })

  it('are separated by days', () => {
    const later = message({ seq: 2, created_at: at(60 * 24) })
    const [only] = segmentsOf([message({ seq: 1 }), later], [])
    expect(only?.items.map((item) => item.kind)).toEqual(['day', 'message', 'day', 'message'])
  })

  it('join messages of one author within 3 minutes', () => {
    const human = { author: 'operator', operator_id: ME } as const
    expect(joins(message(human), message({ ...human, created_at: at(2) }))).toBe(true)
    expect(joins(message(human), message({ ...human, created_at: at(3) }))).toBe(false)
    expect(joins(message(human), message({ author: 'bot' }))).toBe(false)
  })
})

describe('a thread in pages', () => {
  const run = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) =>
      message({ id: `m${from + index}`, seq: from + index, author: 'bot', delivery: 'sent' }),
    )
  const seqs = (held: { items: readonly { seq: number }[] }) => held.items.map((m) => m.seq)

  it('keeps what is older when its end is read again', () => {
    const held = { items: run(1, 5), more: false }
    expect(seqs(withTail(held, { items: run(4, 8), more: true }))).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(withTail(held, { items: run(4, 8), more: true }).more).toBe(false)
  })

  it('shows no hole: after a long gap only the end is left', () => {
    const held = { items: run(1, 5), more: false }
    expect(withTail(held, { items: run(40, 45), more: true })).toEqual({
      items: run(40, 45),
      more: true,
    })
  })

  it('grows upwards without repeating', () => {
    const held = { items: run(5, 8), more: true }
    expect(seqs(withOlder(held, { items: run(1, 5), more: false }))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ])
  })

  it('never takes a receipt back', () => {
    const [read] = run(1, 1)
    const held = { items: read ? [{ ...read, delivery: 'read' }] : [], more: false }
    const after = withTail(held, { items: run(1, 1), more: false })
    expect(after.items[0]?.delivery).toBe('read')
  })
})

describe('receipts', () => {
  it.each([
    ['queued', '', 'sending'],
    ['released', '', 'sending'],
    ['accepted', 'sent', 'accepted'],
    ['accepted', 'delivered', 'delivered'],
    ['accepted', 'read', 'read'],
    ['accepted', 'undelivered', 'failed'],
    ['refused', '', 'failed'],
    ['given_up', '', 'failed'],
    ['doubtful', '', 'doubtful'],
    ['superseded', '', 'dropped'],
    ['received', '', 'none'],
  ] as const)('%s and %s read as %s', (status, delivery, receipt) => {
    expect(receiptOf({ status, delivery })).toBe(receipt)
  })
})
