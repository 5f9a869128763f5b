/** The tabs of the inbox: their place in the address, and what the API calls them. */

import type { Conversation, Owner } from '../api'
import { type Holder, holderOf } from '../ownership'

export type View = 'waiting' | 'mine' | 'bot' | 'all' | 'closed'
export type Slug = 'esperando' | 'minhas' | 'bot' | 'todas' | 'encerradas'

export const VIEWS: readonly View[] = ['waiting', 'mine', 'bot', 'all', 'closed']

export const SLUG: Record<View, Slug> = {
  waiting: 'esperando',
  mine: 'minhas',
  bot: 'bot',
  all: 'todas',
  closed: 'encerradas',
}

export function viewOf(slug: string | undefined): View {
  return VIEWS.find((view) => SLUG[view] === slug) ?? 'mine'
}

const EVERYBODY: readonly Holder[] = ['bot', 'waiting', 'settling', 'mine', 'other', 'closed']

const HELD_IN: Record<View, readonly Holder[]> = {
  waiting: ['waiting'],
  mine: ['mine', 'settling'],
  bot: ['bot'],
  all: EVERYBODY,
  closed: ['closed'],
}

export function belongs(row: Conversation, view: View, me: string): boolean {
  return HELD_IN[view].includes(holderOf(row, me))
}

/** Whether a row may stand there, for all that its owner says: what the bot has may be closed. */
export function mayBelong(
  owner: Pick<Owner, 'kind' | 'operator_id'>,
  view: View,
  me: string,
): boolean {
  const holder = holderOf({ owner, closed: null }, me)
  return HELD_IN[view].includes(holder) || (view === 'closed' && holder === 'bot')
}

/** The moment that orders a row in what the API lists. */
export function momentOf(row: Conversation, view: View): number {
  if (view === 'waiting') return Date.parse(row.waiting_since ?? row.updated_at)
  if (view === 'closed') return Date.parse(row.closed?.at ?? row.updated_at)
  return Date.parse(row.updated_at)
}
