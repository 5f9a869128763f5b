import { describe, expect, it } from 'vitest'
import type { Conversation } from '../api'
import { at, conversation, ME, mine, queue, waiting } from '../testing/samples'
import { frozen, standsAt, withOpened } from './freezing'
import { type Pages, placed, rowsOf } from './placing'

const pages = (items: Conversation[], next: string | null = null): Pages => ({
  pages: [{ items, next }],
  pageParams: [null],
})
const names = (rows: readonly { profile_name: string }[]) => rows.map((row) => row.profile_name)

describe('a changed conversation', () => {
  const a = waiting(0, { profile_name: 'a' })
  const b = waiting(5, { profile_name: 'b' })

  it('joins the queue by how long it has waited', () => {
    const c = waiting(2, { profile_name: 'c' })
    expect(names(rowsOf(placed(pages([a, b]), [c], 'waiting', ME), 'waiting'))).toEqual([
      'a',
      'c',
      'b',
    ])
  })

  it('leaves the queue when somebody claims it, and comes to whom it belongs', () => {
    const claimed = { ...a, owner: mine, waiting_since: null, version: 2 }
    expect(names(rowsOf(placed(pages([a, b]), [claimed], 'waiting', ME), 'waiting'))).toEqual(['b'])
    expect(names(rowsOf(placed(pages([]), [claimed], 'mine', ME), 'mine'))).toEqual(['a'])
    expect(rowsOf(placed(pages([]), [claimed], 'mine', 'somebody else'), 'mine')).toEqual([])
  })

  it('rises to the top of a list by its last change', () => {
    const old = conversation({ profile_name: 'old', updated_at: at(0) })
    const young = conversation({ profile_name: 'young', updated_at: at(9) })
    const news = { ...old, updated_at: at(10), version: 2 }
    expect(names(rowsOf(placed(pages([young, old]), [news], 'all', ME), 'all'))).toEqual([
      'old',
      'young',
    ])
  })

  it('in a lower version than the one held changes nothing', () => {
    const held = { ...a, version: 5 }
    const late = { ...a, owner: queue, version: 4, preview: 'late' }
    expect(rowsOf(placed(pages([held]), [late], 'waiting', ME), 'waiting')).toEqual([held])
  })

  it('that is beyond the loaded rows waits for its page', () => {
    const beyond = waiting(9, { profile_name: 'beyond' })
    const data = placed(pages([a, b], 'cursor'), [beyond], 'waiting', ME)
    expect(names(rowsOf(data, 'waiting'))).toEqual(['a', 'b'])
    expect(data.pages.at(-1)?.next).toBe('cursor')
    expect(names(rowsOf(placed(pages([a, b]), [beyond], 'waiting', ME), 'waiting'))).toEqual([
      'a',
      'b',
      'beyond',
    ])
  })

  it('that comes on two pages is shown once', () => {
    const twice: Pages = {
      pages: [
        { items: [a], next: 'x' },
        { items: [a, b], next: null },
      ],
      pageParams: [null, 'x'],
    }
    expect(names(rowsOf(twice, 'waiting'))).toEqual(['a', 'b'])
  })
})

const group = (key: string, ...rows: Conversation[]) => ({ key, title: key, rows })
const told = (groups: readonly { key: string; rows: readonly Conversation[] }[]) =>
  groups.map(({ key, rows }) => [key, ...names(rows)].join(' '))

describe('while somebody reads the list', () => {
  const a = conversation({ profile_name: 'a', updated_at: at(9) })
  const b = conversation({ profile_name: 'b', updated_at: at(5) })
  const held = [group('one', a), group('two', b)]

  it('nothing moves, and content is fresh', () => {
    const risen = { ...b, updated_at: at(10), preview: 'new words', version: 2 }
    const { groups, pending } = frozen(held, [risen, a], 'all')
    expect(told(groups)).toEqual(['one a', 'two b'])
    expect(groups[1]?.rows[0]?.preview).toBe('new words')
    expect(pending).toBe(0)
  })

  it('new ones above wait and are counted; those below are added', () => {
    const above = conversation({ profile_name: 'above', updated_at: at(11) })
    const below = conversation({ profile_name: 'below', updated_at: at(1) })
    const { groups, pending } = frozen(held, [above, a, b, below], 'all')
    expect(told(groups)).toEqual(['one a', 'two b below'])
    expect(pending).toBe(1)
  })

  it('one that leaves the list stays under the pointer', () => {
    expect(told(frozen(held, [b], 'all').groups)).toEqual(['one a', 'two b'])
  })
})

describe('the open conversation', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => conversation({ profile_name: name }))
  if (!a || !b || !c) throw new Error('three')
  const stood = (row: Conversation, key: string, place: number) => ({ row, group: key, at: place })

  it('stays where it stood when it leaves the list', () => {
    expect(told(withOpened([group('one', b), group('two', c)], stood(a, 'two', 0)))).toEqual([
      'one b',
      'two a c',
    ])
    expect(told(withOpened([group('one', b)], stood(a, 'one', 7)))).toEqual(['one b a'])
  })

  it('finds another place when its group has gone, or the whole list', () => {
    expect(told(withOpened([group('one', b)], stood(a, 'two', 0)))).toEqual(['one a b'])
    expect(told(withOpened([], stood(a, 'two', 0)))).toEqual(['opened a'])
  })

  it('is shown once while the list has it', () => {
    const groups = [group('one', a, b)]
    expect(withOpened(groups, stood(a, 'one', 0))).toBe(groups)
    expect(standsAt(groups, b.id)).toEqual(stood(b, 'one', 1))
  })
})
