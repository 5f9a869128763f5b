/** The events that are held, in the order of their numbers. */

import type { Entry, LaneName, Owner, TraceEntry } from '../api'

/** As many as the simulator remembers, and some more: not every new one lets an old one go. */
const HELD = 2_000
const SPARE = 500
/** More rows than this make a page slow, and nobody reads them. */
export const SHOWN = 500

export function merged(held: readonly TraceEntry[], news: readonly TraceEntry[]): TraceEntry[] {
  const last = held.at(-1)?.number ?? -1
  const isNext = news.every(({ number }, at) => number > (news[at - 1]?.number ?? last))
  if (isNext) return trimmed([...held, ...news])
  const byNumber = new Map([...held, ...news].map((entry) => [entry.number, entry]))
  return trimmed([...byNumber.values()].sort((a, b) => a.number - b.number))
}

function trimmed(trail: TraceEntry[]): TraceEntry[] {
  return trail.length > HELD + SPARE ? trail.slice(-HELD) : trail
}

export type Filter = 'all' | 'bot' | 'handoff' | 'outbound'
export const FILTERS: readonly Filter[] = ['all', 'bot', 'handoff', 'outbound']

const LANES: Record<Exclude<Filter, 'all'>, readonly LaneName[]> = {
  bot: ['bot'],
  handoff: ['handoff', 'person'],
  outbound: ['outbound', 'receipt'],
}

function passes(entry: TraceEntry, filter: Filter): boolean {
  return filter === 'all' || LANES[filter].includes(entry.lane)
}

/** Who has every conversation at its beginning. */
const AT_FIRST: Owner = { kind: 'bot', name: '' }

/** One row of the trace. */
export interface Row {
  entry: TraceEntry
  /** Milliseconds since the first event that is held. */
  since: number
  /** Who had the conversation until then. */
  before: Owner
}

/** The newest rows that pass, and how many older ones there would be. */
export function rowsOf(
  trail: readonly TraceEntry[],
  filter: Filter,
): { rows: readonly Row[]; hidden: number } {
  const start = Date.parse(trail[0]?.at ?? '')
  const owners = new Map<string, Owner>()
  const rows: Row[] = []
  for (const entry of trail) {
    const before = owners.get(entry.conversation) ?? AT_FIRST
    if (entry.owner) owners.set(entry.conversation, entry.owner)
    if (!passes(entry, filter)) continue
    rows.push({ entry, since: Math.max(Date.parse(entry.at) - start, 0), before })
  }
  return { rows: rows.slice(-SHOWN), hidden: Math.max(rows.length - SHOWN, 0) }
}

/** The conversation that this phone is in, as far as the trace knows. */
export function conversationOf(trail: readonly TraceEntry[]): string | null {
  return trail.findLast((entry) => entry.conversation !== '')?.conversation ?? null
}

/** What a person chose to look at: a message, by its names on both sides. */
export interface Mark {
  sid: string
  message: string
  /** Trace id (W3C) of what a customer's message set off; empty if that is not meant. */
  cause: string
}

export const markOfEntry = (entry: Entry, trail: readonly TraceEntry[]): Mark => ({
  sid: entry.sid,
  message: entry.mid,
  cause: entry.direction === 'inbound' ? causeIn(trail, entry.sid) : '',
})

function causeIn(trail: readonly TraceEntry[], sid: string): string {
  const told = trail.find((entry) => entry.sid === sid && causeOf(entry) !== '')
  return told ? causeOf(told) : ''
}

/** The trace id out of an event's `traceparent`; empty where there is none. */
export function causeOf(entry: TraceEntry): string {
  const parent = entry.detail.trace
  return typeof parent === 'string' ? (parent.split('-')[1] ?? '') : ''
}

/** The mark that an event stands for: its bubble's, if it has one. */
export function markOfEvent(
  event: TraceEntry,
  entries: readonly Entry[],
  trail: readonly TraceEntry[],
): Mark {
  const own = { sid: event.sid, message: event.message, cause: '' }
  const bubble =
    entries.find((entry) => isSame(own, { sid: entry.sid, message: entry.mid })) ??
    causing(event, entries, trail)
  return bubble ? markOfEntry(bubble, trail) : own
}

function causing(
  event: TraceEntry,
  entries: readonly Entry[],
  trail: readonly TraceEntry[],
): Entry | undefined {
  const cause = causeOf(event)
  if (cause === '' || event.message !== '') return undefined
  return entries.find(
    (entry) => entry.direction === 'inbound' && causeIn(trail, entry.sid) === cause,
  )
}

function isSame(mark: Omit<Mark, 'cause'>, of: { sid: string; message: string }): boolean {
  return (
    (mark.sid !== '' && mark.sid === of.sid) || (mark.message !== '' && mark.message === of.message)
  )
}

export function lights(mark: Mark | null, event: TraceEntry): boolean {
  if (mark === null) return false
  return isSame(mark, event) || (mark.cause !== '' && causeOf(event) === mark.cause)
}

export function lightsBubble(mark: Mark | null, entry: Entry): boolean {
  return mark !== null && isSame(mark, { sid: entry.sid, message: entry.mid })
}
