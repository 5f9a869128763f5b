/** What the simulator could have said. */

import type { Clock, Entry, Faults, Setting, TraceEntry } from '../api'

export const BUSINESS = 'whatsapp:+14155238886'
export const CUSTOMER = '+5541900001111'
export const NOON = Date.parse('2026-06-11T12:00:00Z')
export const at = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString()

export function setting(facts: Partial<Setting> = {}): Setting {
  return {
    businesses: [{ number: BUSINESS, name: 'Padaria Pão Quentinho' }],
    console: 'http://localhost/',
    api_docs: null,
    now: at(0),
    travels: 'product',
    slows_bot: true,
    traces: true,
    same_browser: true,
    ...facts,
  }
}

export const clock = (facts: Partial<Clock> = {}): Clock => ({
  now: at(0),
  ahead_seconds: 0,
  travels: 'product',
  ...facts,
})

export const faults = (facts: Partial<Faults> = {}): Faults => ({
  seed: 7,
  webhook_double: 0,
  webhook_reorder_ms: 0,
  callback_drop: 0,
  callback_reorder: 0,
  callback_delay_ms: [10, 50],
  reject_401: 0,
  cut_after: 0,
  bot_delay_ms: 0,
  read_receipts: false,
  script: [],
  ...facts,
})

let made = 0

const sid = (kind: string) => `${kind}${String(made).padStart(32, '0')}`

export function wrote(body: string, facts: Partial<Entry> = {}): Entry {
  made += 1
  return {
    number: made,
    sid: sid('SM'),
    direction: 'inbound',
    sender: `whatsapp:${CUSTOMER}`,
    recipient: BUSINESS,
    body,
    status: 'received',
    error_code: null,
    media: [],
    created_at: at(made),
    sent_at: at(made),
    mid: '',
    ...facts,
  }
}

export function answered(body: string, facts: Partial<Entry> = {}): Entry {
  return {
    ...wrote(body),
    direction: 'outbound-api',
    sender: BUSINESS,
    recipient: `whatsapp:${CUSTOMER}`,
    status: 'delivered',
    mid: `m-${made}`,
    ...facts,
  }
}

export function event(name: string, facts: Partial<TraceEntry> = {}): TraceEntry {
  made += 1
  return {
    number: made,
    at: at(made),
    phone: CUSTOMER,
    lane: 'router',
    name,
    took_ms: null,
    sid: '',
    message: '',
    conversation: 'c-1',
    owner: null,
    detail: {},
    ...facts,
  }
}
