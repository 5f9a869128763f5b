/** Which changes somebody must hear of. */

import type { Conversation } from '../api'
import { owesAnswer, TARGET_MS, waitsSince, windowLeftMs } from '../inbox/owing'
import { holderOf } from '../ownership'
import { receiptOfLast } from '../thread/receipts'

export type AlertKind = 'queue' | 'message' | 'failed' | 'closing'

export interface Alert {
  kind: AlertKind
  row: Conversation
  /** The same in every tab: it is told once. */
  key: string
  /** How long somebody has waited, where that is the news. */
  waitedMs: number | null
}

/** A row that nobody knew yet is news if its last change is what makes it so. */
const FRESH_MS = 10_000
const CLOSING_MS = 30 * 60_000

interface Known {
  row: Conversation
  /** How many of its deadlines have passed. */
  passed: number
}

export class Watch {
  readonly #known = new Map<string, Known>()

  constructor(private readonly me: string) {}

  /** What was there when we came is not news. */
  learn(rows: readonly Conversation[], now: number): void {
    for (const row of rows) {
      const held = this.#known.get(row.id)
      if (!held || held.row.version <= row.version) this.#keep(row, now)
    }
  }

  /** Whether what becomes of it matters: it waits, is ours, or was when we last heard. */
  follows(conversation: string): boolean {
    return this.#known.has(conversation)
  }

  /** These rows have changed. */
  tell(rows: readonly Conversation[], now: number): Alert[] {
    return rows.flatMap((row) => {
      const before = this.#known.get(row.id)?.row
      if (before && before.version >= row.version) return []
      this.#keep(row, now)
      const kind = this.#news(row, before)
      if (!kind) return []
      const since = kind === 'failed' ? row.seq : (row.waiting_since ?? row.last_inbound_at)
      return [{ kind, row, key: `${kind}/${row.id}/${since}`, waitedMs: null }]
    })
  }

  /** Whose deadline has passed since the last time: half of the target, the target, the window. */
  due(now: number): Alert[] {
    return [...this.#known.values()].flatMap((known) => {
      const { row } = known
      const deadlines = this.#deadlines(row)
      const passed = deadlines.filter(({ at }) => at <= now).length
      const last = deadlines[passed - 1]
      const isNew = passed > known.passed
      known.passed = passed
      if (!isNew || !last) return []
      const waitedMs = last.kind === 'closing' ? null : now - (waitsSince(row, this.me) ?? now)
      return [{ kind: last.kind, row, key: `${last.kind}/${row.id}/${last.at}`, waitedMs }]
    })
  }

  #keep(row: Conversation, now: number): void {
    const since = waitsSince(row, this.me)
    if (since === null && holderOf(row, this.me) !== 'mine') {
      this.#known.delete(row.id)
      return
    }
    const passed = this.#deadlines(row).filter(({ at }) => at <= now).length
    this.#known.set(row.id, { row, passed })
  }

  #news(row: Conversation, before: Conversation | undefined): AlertKind | null {
    const holder = holderOf(row, this.me)
    if (holder === 'waiting') {
      return before?.owner.kind !== 'waiting' && isFresh(row, row.waiting_since) ? 'queue' : null
    }
    if (holder !== 'mine') return null
    if (hasFailed(row)) return before && hasFailed(before) ? null : 'failed'
    if (!owesAnswer(row, this.me) || row.last_inbound_at === before?.last_inbound_at) return null
    return isFresh(row, row.last_inbound_at) ? 'message' : null
  }

  #deadlines(row: Conversation): { kind: AlertKind; at: number }[] {
    const since = waitsSince(row, this.me)
    if (since === null) return []
    if (row.waiting_since !== null) {
      return [since + TARGET_MS / 2, since + TARGET_MS].map((at) => ({ kind: 'queue', at }))
    }
    const shuts = windowLeftMs(row, 0)
    const target = { kind: 'message' as const, at: since + TARGET_MS }
    return shuts === null ? [target] : [target, { kind: 'closing', at: shuts - CLOSING_MS }]
  }
}

function isFresh(row: Conversation, since: string | null): boolean {
  return since !== null && Date.parse(row.updated_at) - Date.parse(since) < FRESH_MS
}

function hasFailed({ last }: Conversation): boolean {
  return last?.author === 'operator' && receiptOfLast(last) === 'failed'
}
