/** The tabs of the inbox: their place in the address, and what the API calls them. */

import type { Conversation } from '../api'
import { type Holder, holderOf } from '../ownership'

export type View = 'waiting' | 'mine' | 'bot' | 'all'
export type Slug = 'esperando' | 'minhas' | 'bot' | 'todas'

export const VIEWS: readonly View[] = ['waiting', 'mine', 'bot', 'all']

export const SLUG: Record<View, Slug> = {
  waiting: 'esperando',
  mine: 'minhas',
  bot: 'bot',
  all: 'todas',
}

export function viewOf(slug: string | undefined): View {
  return VIEWS.find((view) => SLUG[view] === slug) ?? 'mine'
}

const HELD_IN: Record<View, readonly Holder[]> = {
  waiting: ['waiting'],
  mine: ['mine', 'settling'],
  bot: ['bot'],
  all: ['bot', 'waiting', 'settling', 'mine', 'other'],
}

export function belongs(row: Conversation, view: View, me: string): boolean {
  return HELD_IN[view].includes(holderOf(row.owner, me))
}

/** The moment that orders a row and that its time shows: they never disagree. */
export function momentOf(row: Conversation, view: View): number {
  const waiting = view === 'waiting' ? row.waiting_since : null
  return Date.parse(waiting ?? row.updated_at)
}
