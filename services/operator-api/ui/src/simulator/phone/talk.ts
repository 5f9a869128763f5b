/** What is on the phone's screen: what WhatsApp has, and what is still on its way there. */

import type { Entry, Media, Status, TraceEntry } from '../api'

/** Written here, and not yet known to be there. */
export interface Pending {
  sid: string
  number: string
  to: string
  name: string
  text: string
  media: readonly Media[]
  at: number
  state: 'sending' | 'failed'
}

/** Events may overtake each other: a message never goes back on its way. */
const PROGRESS: Record<Status, number> = {
  received: 0,
  queued: 0,
  sent: 1,
  delivered: 2,
  read: 3,
  failed: 4,
  undelivered: 4,
}

export function merged(held: readonly Entry[], news: readonly Entry[]): Entry[] {
  const bySid = new Map(held.map((entry) => [entry.sid, entry]))
  for (const entry of news) {
    const known = bySid.get(entry.sid)
    if (known && PROGRESS[known.status] > PROGRESS[entry.status]) continue
    bySid.set(entry.sid, entry)
  }
  return [...bySid.values()].sort((a, b) => a.number - b.number)
}

const bare = (address: string): string => address.replace(/^whatsapp:/, '')

/** Of what a phone has, the part with one business. */
export function withBusiness(entries: readonly Entry[], business: string): Entry[] {
  return entries.filter((entry) => bare(businessOf(entry)) === bare(business))
}

function businessOf(entry: Entry): string {
  return entry.direction === 'inbound' ? entry.recipient : entry.sender
}

/** Simulated, in milliseconds. */
export const atOf = (entry: Entry): number => Date.parse(entry.sent_at ?? entry.created_at)

export const neverArrived = (entry: Entry): boolean =>
  entry.status === 'failed' || entry.status === 'undelivered'

/** How many messages of the business reached the phone. */
export function heard(entries: readonly Entry[]): number {
  return entries.filter((entry) => entry.direction !== 'inbound' && !neverArrived(entry)).length
}

/** What became of something that the customer wrote, as this simulator knows it. */
export type Tick = 'sending' | 'failed' | 'taken' | 'arrived' | 'lost'

const TICK: Record<string, Tick> = {
  'webhook.answered': 'arrived',
  'webhook.failed': 'lost',
  'webhook.dropped': 'lost',
}

/** By SID, from the trace: WhatsApp took it (one tick), the product has it (two), or never got it. */
export function ticksOf(trace: readonly TraceEntry[]): ReadonlyMap<string, Tick> {
  const ticks = new Map<string, Tick>()
  for (const { sid, name } of trace) {
    const tick = TICK[name]
    // One delivery of several is enough.
    if (sid !== '' && tick !== undefined && ticks.get(sid) !== 'arrived') ticks.set(sid, tick)
  }
  return ticks
}

export type MediaKind = 'photo' | 'audio' | 'file'

export function kindOf(media: Pick<Media, 'content_type'>): MediaKind {
  if (media.content_type.startsWith('image/')) return 'photo'
  return media.content_type.startsWith('audio/') ? 'audio' : 'file'
}

const SAMPLES = {
  'photo.jpg': 'image/jpeg',
  'voice.ogg': 'audio/ogg',
  'menu.pdf': 'application/pdf',
} as const
export type Sample = keyof typeof SAMPLES
export const SAMPLE_NAMES = Object.keys(SAMPLES) as readonly Sample[]

export function isSample(name: unknown): name is Sample {
  return typeof name === 'string' && Object.hasOwn(SAMPLES, name)
}

export function sampleMedia(sample: Sample, address: (path: string) => string): Media {
  return { url: address(`samples/${sample}`), content_type: SAMPLES[sample] }
}

/** Which of our samples this is; none for any other file. */
export function sampleOf(media: Media): Sample | null {
  const name = media.url.split('/').at(-1)
  return media.url.includes('/samples/') && isSample(name) ? name : null
}
