/** Where a changed conversation stands in the lists that are on the screen. */

import type { InfiniteData } from '@tanstack/react-query'
import type { Conversation, ConversationPage } from '../api'
import { belongs, momentOf, type View } from './views'

export type Pages = InfiniteData<ConversationPage, string | null>

/** The rows of a view: each once, in its newest version, in the view's order. */
export function rowsOf(data: Pages | undefined, view: View): Conversation[] {
  const held = new Map<string, Conversation>()
  for (const page of data?.pages ?? []) for (const row of page.items) hold(held, row)
  return inOrder([...held.values()], view)
}

/**
 * Put changed conversations where they belong, and take them away from where they no longer do.
 *
 * What stands beyond the last loaded row comes with its page: inserting it here would leave a hole.
 */
export function placed(
  data: Pages,
  changed: readonly Conversation[],
  view: View,
  me: string,
): Pages {
  const last = data.pages.at(-1)
  if (!last) return data
  const before = rowsOf(data, view)
  const held = new Map(before.map((row) => [row.id, row]))
  for (const row of changed) hold(held, row)
  const end = last.next === null ? null : before.at(-1)
  const items = inOrder(
    [...held.values()].filter((row) => belongs(row, view, me)),
    view,
  ).filter((row) => !end || compare(row, end, view) <= 0)
  const param = data.pageParams[0] ?? null
  return { pages: [{ items, next: last.next }], pageParams: [param] }
}

function hold(held: Map<string, Conversation>, row: Conversation): void {
  const known = held.get(row.id)
  if (!known || known.version < row.version) held.set(row.id, row)
}

/** Longest wait first where people wait, newest change first elsewhere; ids break ties. */
export function compare(a: Conversation, b: Conversation, view: View): number {
  const distance = momentOf(a, view) - momentOf(b, view)
  const later = distance === 0 ? (a.id < b.id ? -1 : Number(a.id !== b.id)) : distance
  return view === 'waiting' ? later : -later
}

function inOrder(rows: Conversation[], view: View): Conversation[] {
  const keyed = rows.map((row) => ({ row, at: momentOf(row, view) }))
  const sign = view === 'waiting' ? 1 : -1
  keyed.sort((a, b) => sign * (a.at - b.at || (a.row.id < b.row.id ? -1 : 1)))
  return keyed.map(({ row }) => row)
}
