/** Who waits for whom. */

import type { Conversation } from '../api'
import { holderOf } from '../ownership'

/** How long somebody may wait. One for all, until departments have their own. */
export const TARGET_MS = 5 * 60_000
const WINDOW_MS = 24 * 60 * 60_000

/** It is mine, and nobody of the team has said a word since the customer's, or since the bot's. */
export function owesAnswer(row: Conversation, me: string): boolean {
  return holderOf(row, me) === 'mine' && row.last?.author !== 'operator'
}

/** Since when the customer waits for a person: in the queue, or for my answer; none if nobody waits. */
export function waitsSince(row: Conversation, me: string): number | null {
  if (row.waiting_since !== null) return Date.parse(row.waiting_since)
  if (!owesAnswer(row, me)) return null
  return Date.parse(row.last_inbound_at ?? row.updated_at)
}

/** For how long free text still goes; none if the customer never wrote. */
export function windowLeftMs(row: Conversation, now: number): number | null {
  if (row.last_inbound_at === null) return null
  return Date.parse(row.last_inbound_at) + WINDOW_MS - now
}
