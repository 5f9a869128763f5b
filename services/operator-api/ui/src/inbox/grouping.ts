/** The groups of a tab: who is late, who waits for an answer, or which day it was. */

import type { TFunction } from 'i18next'
import type { Conversation } from '../api'
import { dayName, dayOf } from '../ui/times'
import { owesAnswer, TARGET_MS, waitsSince } from './owing'
import { momentOf, type View } from './views'
import type { Group } from './windowing'

type Groups = Group<Conversation>[]

export interface Around {
  me: string
  now: number
  /** Conversations with something of ours that did not go out. */
  unsent: ReadonlySet<string>
  t: TFunction
  locale: string
}

export function grouped(rows: readonly Conversation[], view: View, around: Around): Groups {
  switch (view) {
    case 'waiting':
      return byTarget(rows, around)
    case 'mine':
      return byDebt(rows, around)
    case 'all':
    case 'closed':
      return byDay(rows, view, around)
    case 'bot':
      return rows.length === 0 ? [] : [{ key: view, title: null, rows }]
  }
}

function byTarget(rows: readonly Conversation[], { now, t }: Around): Groups {
  const isLate = (row: Conversation) =>
    row.overdue_at !== null || now - momentOf(row, 'waiting') >= TARGET_MS
  const late = t('list.late', { minutes: TARGET_MS / 60_000 })
  return filled([
    { key: 'late', title: late, rows: rows.filter(isLate) },
    { key: 'inTime', title: t('list.inTime'), rows: rows.filter((row) => !isLate(row)) },
  ])
}

/** What did not go out first, then whoever has waited longest; after them who has to write. */
function byDebt(rows: readonly Conversation[], { me, unsent, t }: Around): Groups {
  const owed = (row: Conversation) => unsent.has(row.id) || owesAnswer(row, me)
  const since = (row: Conversation) =>
    unsent.has(row.id) ? 0 : (waitsSince(row, me) ?? Number.MAX_SAFE_INTEGER)
  const owing = rows.filter(owed).sort((a, b) => since(a) - since(b))
  return filled([
    { key: 'owing', title: t('list.owing'), rows: owing },
    { key: 'waited', title: t('list.waited'), rows: rows.filter((row) => !owed(row)) },
  ])
}

function byDay(rows: readonly Conversation[], view: View, { now, locale }: Around): Groups {
  const groups: { key: string; title: string; rows: Conversation[] }[] = []
  for (const row of rows) {
    const at = momentOf(row, view)
    const key = String(dayOf(at))
    const last = groups.at(-1)
    if (last?.key === key) last.rows.push(row)
    else groups.push({ key, title: dayName(at, now, locale), rows: [row] })
  }
  return groups
}

function filled(groups: Groups): Groups {
  return groups.filter((group) => group.rows.length > 0)
}
