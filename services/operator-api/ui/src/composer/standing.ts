/** What stands at the foot of a thread: a box to write in, or the reason why there is none. */

import type { Thread } from '../api'
import { holderOf } from '../ownership'

export type Standing =
  | 'write'
  /** The claim is on its way: write already, it goes when it is granted. */
  | 'claiming'
  /** Ours, but a message of the bot is still leaving. */
  | 'settling'
  | 'bot'
  | 'waiting'
  | 'other'
  | 'closed'
  | 'shut'
  | 'optedOut'

export function standingOf(thread: Thread, me: string, isClaiming: boolean, now: number): Standing {
  const holder = holderOf(thread, me)
  if (holder === 'other') return 'other'
  const ours = holder === 'mine' || holder === 'settling' || isClaiming
  if (!ours) return holder
  if (thread.opted_out) return 'optedOut'
  if (leftMs(thread, now) <= 0) return 'shut'
  if (isClaiming && holder !== 'mine') return 'claiming'
  return holder === 'settling' ? 'settling' : 'write'
}

/** How long free text still goes; 0 if it does not. The last half minute is left to the way there. */
export function leftMs(thread: Pick<Thread, 'window_open_until'>, now: number): number {
  const until = thread.window_open_until
  return until === null ? 0 : Math.max(0, Date.parse(until) - now - 30_000)
}

export const MESSAGE_LIMIT = 1600
export const TEXT_LIMIT = 4096

/** How many messages a text becomes; the router cuts it at sensible places. */
export function partsOf(text: string): number {
  return Math.max(1, Math.ceil(text.trim().length / MESSAGE_LIMIT))
}
