/** A thread is read from its end; what is older comes page by page above it. */

import type { Message, MessagePage } from '../api'

export interface Held {
  items: readonly Message[]
  /** There are older ones. */
  more: boolean
}

/** Put the newest page under what is held. A gap between them drops what is held: no hole is shown. */
export function withTail(held: Held | undefined, tail: MessagePage): Held {
  const first = tail.items[0]
  const last = held?.items.at(-1)
  if (!held || !first || !last || last.seq < first.seq - 1) return tail
  const older = held.items.filter((message) => message.seq < first.seq)
  const known = new Map(held.items.map((message) => [message.id, message]))
  const items = tail.items.map((message) => newest(known.get(message.id), message))
  return { items: [...older, ...items], more: older.length === 0 ? tail.more : held.more }
}

/** Put an older page above what is held. */
export function withOlder(held: Held, page: MessagePage): Held {
  const first = held.items[0]
  const older = first ? page.items.filter((message) => message.seq < first.seq) : page.items
  return { items: [...older, ...held.items], more: page.more }
}

const RANK: Record<string, number> = { queued: 1, sending: 1, sent: 2, delivered: 3, read: 4 }

/** Receipts are upgraded and never downgraded, whatever order the answers come in. */
function newest(known: Message | undefined, fresh: Message): Message {
  if (!known) return fresh
  const before = RANK[known.delivery] ?? 0
  const after = RANK[fresh.delivery] ?? before
  return after < before ? { ...fresh, delivery: known.delivery } : fresh
}
