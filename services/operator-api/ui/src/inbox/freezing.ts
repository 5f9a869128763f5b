/** While somebody reads the list nothing moves under the pointer: content changes, order waits. */

import type { Conversation } from '../api'
import { compare } from './placing'
import type { View } from './views'
import type { Group } from './windowing'

type Groups = readonly Group<Conversation>[]

export interface Frozen {
  groups: Groups
  /** How many new ones wait above for the reader's word. */
  pending: number
}

/** Keep the held order with fresh content; pages loaded meanwhile are added at the end. */
export function frozen(held: Groups, fresh: readonly Conversation[], view: View): Frozen {
  const now = new Map(fresh.map((row) => [row.id, row]))
  const groups = held.map((group) => ({
    ...group,
    rows: group.rows.map((row) => now.get(row.id) ?? row),
  }))
  const known = held.flatMap((group) => group.rows)
  for (const row of known) now.delete(row.id)
  const end = known.toSorted((a, b) => compare(a, b, view)).at(-1)
  const unseen = [...now.values()]
  const below = unseen.filter((row) => end !== undefined && compare(row, end, view) > 0)
  const last = groups.at(-1)
  if (last) last.rows = [...last.rows, ...below]
  return { groups, pending: unseen.length - below.length }
}

/** The open conversation, and where it stood while the list still had it. */
export interface Opened {
  row: Conversation
  group: string
  at: number
}

/** Where a conversation stands; none if the list does not have it. */
export function standsAt(groups: Groups, id: string | undefined): Opened | null {
  for (const { key, rows } of groups) {
    const at = rows.findIndex((row) => row.id === id)
    const row = rows[at]
    if (row) return { row, group: key, at }
  }
  return null
}

/** The open conversation never disappears from under its reader: it stays until another is opened. */
export function withOpened(groups: Groups, opened: Opened | null): Groups {
  if (!opened || standsAt(groups, opened.row.id)) return groups
  const home = groups.find((group) => group.key === opened.group) ?? groups[0]
  if (!home) return [{ key: 'opened', title: null, rows: [opened.row] }]
  return groups.map((group) =>
    group === home
      ? {
          ...group,
          rows: group.rows.toSpliced(Math.min(opened.at, group.rows.length), 0, opened.row),
        }
      : group,
  )
}
