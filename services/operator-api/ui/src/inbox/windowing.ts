/** Which rows of a long list are on the screen. Heights are fixed, so this is arithmetic. */

export interface Group<T> {
  key: string
  /** None where a list has no groups. */
  title: string | null
  rows: readonly T[]
}

export interface Sizes {
  row: number
  head: number
}

export interface Part<T> {
  group: Group<T>
  top: number
  height: number
  head: number
  /** The rows to draw, with their place inside the group. */
  rows: readonly { row: T; index: number; top: number }[]
}

export interface Windowed<T> {
  height: number
  parts: readonly Part<T>[]
}

/** No more nodes than this, however tall the screen. */
export const MOST_ROWS = 40
const OVERSCAN = 8

/** Return the parts of the list that a viewport shows, with some rows around it. */
export function windowed<T>(
  groups: readonly Group<T>[],
  sizes: Sizes,
  view: { top: number; height: number },
): Windowed<T> {
  const fitting = Math.ceil(view.height / sizes.row) + 1
  const extra = Math.max(0, Math.min(OVERSCAN, Math.floor((MOST_ROWS - fitting) / 2))) * sizes.row
  const from = view.top - extra
  const to = view.top + view.height + extra
  const parts: Part<T>[] = []
  let top = 0
  let left = MOST_ROWS
  for (const group of groups) {
    const head = group.title === null ? 0 : sizes.head
    const height = head + group.rows.length * sizes.row
    if (top + height > from && top < to) {
      const first = Math.max(0, Math.floor((from - top - head) / sizes.row))
      const last = Math.min(group.rows.length, Math.ceil((to - top - head) / sizes.row))
      const rows = group.rows.slice(first, Math.min(last, first + left))
      left -= rows.length
      parts.push({
        group,
        top,
        height,
        head,
        rows: rows.map((row, at) => ({
          row,
          index: first + at,
          top: head + (first + at) * sizes.row,
        })),
      })
    }
    top += height
  }
  return { height: top, parts }
}

/** Where a row stands, to scroll it into view; none if the list does not have it. */
export function placeOf<T>(
  groups: readonly Group<T>[],
  sizes: Sizes,
  is: (row: T) => boolean,
): { top: number; bottom: number } | null {
  let top = 0
  for (const group of groups) {
    const head = group.title === null ? 0 : sizes.head
    const at = group.rows.findIndex(is)
    if (at >= 0) {
      const start = top + head + at * sizes.row
      return { top: start - head, bottom: start + sizes.row }
    }
    top += head + group.rows.length * sizes.row
  }
  return null
}
