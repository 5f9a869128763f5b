/** The simulator's API. Addresses are relative: the page lies beside it, wherever that is mounted. */

export interface Setting {
  businesses: readonly { number: string; name: string }[]
  /** Where the console is; none where nobody said. */
  console: string | null
  api_docs: string | null
  now: string
  /** What the clock moves: everything, or only WhatsApp's side of it. */
  travels: Travels
  slows_bot: boolean
  /** The product's own events are seen, not only Twilio's side. */
  traces: boolean
  /** The console has this page's origin: they can talk inside the browser. */
  same_browser: boolean
}
export type Travels = 'product' | 'channel'

export interface Clock {
  now: string
  ahead_seconds: number
  travels: Travels
}

export interface Phone {
  number: string
  wrote: number
  received: number
}

export interface Media {
  url: string
  content_type: string
}

export type Status =
  | 'received'
  | 'queued'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'undelivered'

/** One message, as WhatsApp has it. `number`: its place in the order of acceptance. */
export interface Entry {
  number: number
  sid: string
  direction: 'inbound' | 'outbound-api'
  sender: string
  recipient: string
  body: string
  status: Status
  error_code: number | null
  media: readonly Media[]
  created_at: string
  sent_at: string | null
  /** Our message id; empty for what the customer wrote. */
  mid: string
}

export type LaneName =
  | 'customer'
  | 'ingress'
  | 'router'
  | 'bot'
  | 'handoff'
  | 'person'
  | 'outbound'
  | 'receipt'

export interface Owner {
  kind: 'bot' | 'queue' | 'claiming' | 'person'
  name: string
}

export type Detail = Readonly<Record<string, unknown>>

/** One event. `number` grows, over restarts too. */
export interface TraceEntry {
  number: number
  at: string
  phone: string
  lane: LaneName
  name: string
  took_ms: number | null
  sid: string
  message: string
  conversation: string
  /** Who has the conversation from here on; none where it did not change hands. */
  owner: Owner | null
  detail: Detail
}

export interface Line {
  contains: string
  fault: string
  times: number
  code: number
}

/** The switches that the page knows; the others come along untouched. */
export interface Faults {
  webhook_double: number
  webhook_reorder_ms: number
  callback_drop: number
  callback_reorder: number
  callback_delay_ms: readonly [number, number]
  reject_401: number
  cut_after: number
  bot_delay_ms?: number
  read_receipts: boolean
  script: readonly Line[]
  [other: string]: unknown
}

export interface Writing {
  sid: string
  text: string
  to: string
  profile_name: string
  media: readonly Media[]
}

/** The simulator said no. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'

  constructor(
    readonly status: number,
    readonly detail: string,
    /** Where to sign in, when that is what is missing. */
    readonly signIn: string | null,
  ) {
    super(`${status} ${detail}`)
  }
}

/** No answer came: the network, or the simulator, is away. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

const GATEWAY: readonly number[] = [502, 503, 504]

export function isSignedOut(error: unknown): error is RefusedError {
  return error instanceof RefusedError && (error.status === 403 || error.status === 401)
}

export function isTransient(error: unknown): boolean {
  return (
    error instanceof UnreachableError ||
    (error instanceof RefusedError && GATEWAY.includes(error.status))
  )
}

export const addressOf = (path: string): string => new URL(path, document.baseURI).href

async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response: Response
  try {
    response = await fetch(addressOf(path), { cache: 'no-store', ...init })
  } catch (cause) {
    throw new UnreachableError('no answer', { cause })
  }
  if (!response.ok) throw await refusal(response)
  return (await response.json()) as T
}

async function refusal(response: Response): Promise<RefusedError> {
  const body = (await response.json().catch(() => ({}))) as { detail?: unknown; sign_in?: unknown }
  const detail = typeof body.detail === 'string' ? body.detail : ''
  return new RefusedError(
    response.status,
    detail,
    typeof body.sign_in === 'string' ? body.sign_in : null,
  )
}

function sending(method: 'POST' | 'PUT', body: unknown): RequestInit {
  return { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
}

const PAGE = 1000
const phonePath = (number: string) => `phones/${encodeURIComponent(number)}/messages`

export const readSetting = () => request<Setting>('setting')
export const readClock = () => request<Clock>('clock')
export const forward = (seconds: number) =>
  request<Clock>('clock', sending('POST', { forward_seconds: seconds }))
export const readFaults = () => request<Faults>('faults')
export const setFaults = (faults: Faults) => request<Faults>('faults', sending('PUT', faults))
export const listPhones = () => request<readonly Phone[]>('phones')
export const write = (number: string, writing: Writing) =>
  request<{ sid: string }>(phonePath(number), sending('POST', writing))

/** Everything that this phone wrote and received. */
export async function listMessages(number: string): Promise<Entry[]> {
  const found: Entry[] = []
  let after: number | null = 0
  while (after !== null) {
    const query: string = `?after=${after}&limit=${PAGE}`
    const page: { messages: Entry[]; next: number | null } = await request(
      phonePath(number) + query,
    )
    found.push(...page.messages)
    after = page.next
  }
  return found
}

/** The events of this phone that came after one, as far as they are still there. */
export async function listTrace(number: string, after: number): Promise<TraceEntry[]> {
  const found: TraceEntry[] = []
  let from: number | null = after
  while (from !== null) {
    const query: string = `?phone=${encodeURIComponent(number)}&after=${from}&limit=${PAGE}`
    const page: { entries: TraceEntry[]; next: number | null } = await request(`trace${query}`)
    found.push(...page.entries)
    from = page.next
  }
  return found
}

export function openEvents(
  number: string,
  lastEventId: string | null,
  signal: AbortSignal,
): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'text/event-stream' }
  if (lastEventId !== null) headers['Last-Event-ID'] = lastEventId
  const address = addressOf(`events?phone=${encodeURIComponent(number)}`)
  return fetch(address, { headers, signal, cache: 'no-store' })
}
