/** The groups of a tab: who is late, or which day it was. */

import type { TFunction } from 'i18next'
import type { Conversation } from '../api'
import { dayName, dayOf } from '../ui/times'
import { momentOf, type View } from './views'
import type { Group } from './windowing'

/** How long somebody may wait. One for all, until departments have their own. */
export const TARGET_MS = 5 * 60_000

export function grouped(
  rows: readonly Conversation[],
  view: View,
  now: number,
  t: TFunction,
  locale: string,
): Group<Conversation>[] {
  if (rows.length === 0) return []
  switch (view) {
    case 'waiting':
      return byTarget(rows, now, t)
    case 'all':
      return byDay(rows, now, locale)
    case 'mine':
    case 'bot':
      return [{ key: view, title: null, rows }]
  }
}

function byTarget(rows: readonly Conversation[], now: number, t: TFunction): Group<Conversation>[] {
  const isLate = (row: Conversation) => now - momentOf(row, 'waiting') >= TARGET_MS
  const groups = [
    {
      key: 'late',
      title: t('list.late', { minutes: TARGET_MS / 60_000 }),
      rows: rows.filter(isLate),
    },
    { key: 'inTime', title: t('list.inTime'), rows: rows.filter((row) => !isLate(row)) },
  ]
  return groups.filter((group) => group.rows.length > 0)
}

function byDay(rows: readonly Conversation[], now: number, locale: string): Group<Conversation>[] {
  const groups: { key: string; title: string; rows: Conversation[] }[] = []
  for (const row of rows) {
    const at = momentOf(row, 'all')
    const key = String(dayOf(at))
    const last = groups.at(-1)
    if (last?.key === key) last.rows.push(row)
    else groups.push({ key, title: dayName(at, now, locale), rows: [row] })
  }
  return groups
}
