/** A thread as it is told: who had the conversation, from when to when, and what was said meanwhile. */

import type { Episode, Message } from '../api'
import { dayOf } from '../ui/times'

export interface Person {
  id: string
  name: string
}

export type SegmentKind = 'bot' | 'wait' | 'human'

export type Item =
  | { kind: 'day'; at: number }
  /** Here begins what was not read when the conversation was opened. */
  | { kind: 'unread'; count: number }
  | {
      kind: 'message'
      message: Message /** It continues the one before: no name again. */
      joined: boolean
    }

export interface Segment {
  key: string
  kind: SegmentKind
  operator: Person | null
  episode: Episode | null
  from: number
  /** None while it lasts. */
  to: number | null
  items: Item[]
}

const JOIN_MS = 3 * 60_000

interface Change {
  kind: SegmentKind
  at: number
  seq: number | null
  operator: Person | null
  episode: Episode
}

/** What of a thread was new when it was opened: after `upto`, until `until`. */
export interface Unread {
  upto: number
  until: number
}

/** Cut a thread's messages where the conversation changed hands. */
export function segmentsOf(
  messages: readonly Message[],
  episodes: readonly Episode[],
  unread: Unread | null = null,
): Segment[] {
  const news = unread === null ? [] : messages.filter((message) => isNew(message, unread))
  const changes = episodes.flatMap(changesOf)
  const segments: Segment[] = []
  let previous: Message | null = null
  const first = messages[0]
  // Older pages bring their own episodes: what ended before the first message is not retold.
  while (changes[0] && first && endsBefore(changes, first)) changes.shift()
  for (const message of messages) {
    while (changes[0] && !isBefore(message, changes[0])) begin(segments, changes.shift() as Change)
    follow(segments, message)
    const segment = segments.at(-1) as Segment
    if (message === news[0]) segment.items.push({ kind: 'unread', count: news.length })
    put(segment, message, previous)
    previous = message
  }
  for (const change of changes) begin(segments, change)
  const last = segments.at(-1)
  return segments.filter((each) => each.items.length > 0 || each.kind !== 'bot' || each === last)
}

function isNew({ author, seq }: Message, { upto, until }: Unread): boolean {
  return author === 'customer' && seq > upto && seq <= until
}

function changesOf(episode: Episode): Change[] {
  const at = (moment: string) => Date.parse(moment)
  const { opened_at: opened, claimed_at: claimed, closed_at: closed } = episode
  const operator = episode.operator_id
    ? { id: episode.operator_id, name: episode.operator_name ?? '' }
    : null
  const open = {
    kind: 'wait',
    at: at(opened),
    seq: episode.opened_seq,
    operator: null,
    episode,
  } as const
  const found: Change[] = [open]
  if (claimed !== null) {
    found.push({ kind: 'human', at: at(claimed), seq: null, operator, episode })
  }
  if (closed !== null)
    found.push({ kind: 'bot', at: at(closed), seq: null, operator: null, episode })
  return found
}

function endsBefore(changes: readonly Change[], first: Message): boolean {
  const next = changes[1]
  return next !== undefined && Date.parse(first.created_at) > next.at && changes[0] !== undefined
}

function isBefore(message: Message, change: Change): boolean {
  if (change.seq !== null) return message.seq <= change.seq
  return Date.parse(message.created_at) <= change.at
}

function begin(segments: Segment[], change: Change): void {
  const current = segments.at(-1)
  if (current) current.to = change.at
  segments.push({
    key: `${change.kind}-${change.episode.id}`,
    kind: change.kind,
    operator: change.operator,
    episode: change.episode,
    from: change.at,
    to: null,
    items: [],
  })
}

/** Where the record of an episode is missing, its author tells who had the conversation. */
function follow(segments: Segment[], message: Message): void {
  const current = segments.at(-1)
  const at = Date.parse(message.created_at)
  const operator =
    message.author === 'operator' && message.operator_id !== null
      ? { id: message.operator_id, name: message.operator_name ?? '' }
      : null
  const kind: SegmentKind = operator ? 'human' : 'bot'
  const told = operator !== null || message.author === 'bot'
  const fits = !told || current?.kind === kind || (kind === 'bot' && current?.kind === 'wait')
  const same = !operator || !current?.operator || current.operator.id === operator.id
  if (current && fits && same) {
    if (operator && !current.operator) current.operator = operator
    return
  }
  if (current) current.to = at
  segments.push({
    key: `${kind}-${message.id}`,
    kind: told ? kind : 'bot',
    operator,
    episode: null,
    from: at,
    to: null,
    items: [],
  })
}

function put(segment: Segment, message: Message, previous: Message | null): void {
  const at = Date.parse(message.created_at)
  const newDay = !previous || dayOf(Date.parse(previous.created_at)) !== dayOf(at)
  if (newDay) segment.items.push({ kind: 'day', at })
  const starts = segment.items.at(-1)?.kind !== 'message' || newDay
  segment.items.push({ kind: 'message', message, joined: !starts && joins(previous, message) })
}

/** Consecutive messages of the same author within 3 minutes read as one. */
export function joins(previous: Message | null, message: Message): boolean {
  if (!previous) return false
  const distance = Date.parse(message.created_at) - Date.parse(previous.created_at)
  return (
    previous.author === message.author &&
    previous.operator_id === message.operator_id &&
    distance < JOIN_MS
  )
}
