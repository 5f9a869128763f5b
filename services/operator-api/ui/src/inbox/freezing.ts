/** While somebody reads the list nothing moves under the pointer: content changes, order waits. */

import type { Conversation } from '../api'
import { compare } from './placing'
import type { View } from './views'

export interface Frozen {
  rows: Conversation[]
  /** How many new ones wait above for the reader's word. */
  pending: number
}

/** Keep the held order with fresh content; pages loaded meanwhile are added at the end. */
export function frozen(
  held: readonly Conversation[],
  fresh: readonly Conversation[],
  view: View,
): Frozen {
  const now = new Map(fresh.map((row) => [row.id, row]))
  const rows = held.map((row) => now.get(row.id) ?? row)
  for (const row of held) now.delete(row.id)
  const last = held.at(-1)
  const unseen = [...now.values()]
  const below = unseen.filter((row) => last !== undefined && compare(row, last, view) > 0)
  return { rows: [...rows, ...below], pending: unseen.length - below.length }
}

/** The open conversation, and where it stood while the list still had it. */
export interface Opened {
  row: Conversation
  at: number
}

/** The open conversation never disappears from under its reader: it stays until another is opened. */
export function withOpened(
  rows: readonly Conversation[],
  opened: Opened | null,
): readonly Conversation[] {
  if (!opened || rows.some((row) => row.id === opened.row.id)) return rows
  return rows.toSpliced(Math.min(opened.at, rows.length), 0, opened.row)
}
