import { describe, expect, it } from 'vitest'
import { type Group, MOST_ROWS, placeOf, windowed } from './windowing'

const sizes = { row: 80, head: 32 }
const range = (count: number) => Array.from({ length: count }, (_, at) => at)
const plain = (count: number): Group<number>[] => [{ key: 'all', title: null, rows: range(count) }]
const drawn = (groups: Group<number>[], top: number, height = 900) =>
  windowed(groups, sizes, { top, height }).parts.flatMap((part) => part.rows.map(({ row }) => row))

describe('a long list', () => {
  it('is as high as all of its rows', () => {
    expect(windowed(plain(10_000), sizes, { top: 0, height: 900 }).height).toBe(800_000)
  })

  it('never draws more than 40 rows, wherever it is scrolled and however high the screen', () => {
    for (const height of [600, 900, 1400, 2160, 5000]) {
      for (const top of [0, 77, 399_960, 799_100, 800_000]) {
        expect(drawn(plain(10_000), top, height).length).toBeLessThanOrEqual(MOST_ROWS)
      }
    }
  })

  it('draws every row that shows', () => {
    for (const top of [0, 40, 12_345, 799_100]) {
      const rows = drawn(plain(10_000), top)
      const first = Math.floor(top / 80)
      const last = Math.min(9_999, Math.floor((top + 899) / 80))
      expect(rows[0]).toBeLessThanOrEqual(first)
      expect(rows.at(-1)).toBeGreaterThanOrEqual(last)
    }
  })

  it('draws nothing of an empty one', () => {
    expect(windowed([], sizes, { top: 0, height: 900 })).toEqual({ height: 0, parts: [] })
  })
})

describe('groups', () => {
  const groups: Group<number>[] = [
    { key: 'late', title: 'Late', rows: [0, 1] },
    { key: 'fine', title: 'Fine', rows: [2, 3, 4] },
  ]

  it('stand under one another, each with its head', () => {
    const { parts, height } = windowed(groups, sizes, { top: 0, height: 900 })
    expect(parts.map(({ top, height: tall }) => [top, tall])).toEqual([
      [0, 192],
      [192, 272],
    ])
    expect(parts[1]?.rows.map(({ top }) => top)).toEqual([32, 112, 192])
    expect(height).toBe(464)
  })

  it('are left out when they are out of sight', () => {
    const far: Group<number>[] = [{ key: 'far', title: 'Far', rows: range(200) }, ...groups]
    const { parts } = windowed(far, sizes, { top: 0, height: 300 })
    expect(parts.map((part) => part.group.key)).toEqual(['far'])
  })

  it('know where a row is', () => {
    expect(placeOf(groups, sizes, (row) => row === 2)).toEqual({ top: 192, bottom: 304 })
    expect(placeOf(groups, sizes, (row) => row === 9)).toBeNull()
  })
})
