/** What the API could have said. */

import type { Conversation, Episode, Message, Owner, Session, Thread } from '../api'

export const ME = '00000000-0000-7000-8000-000000000001'
export const OTHER = '00000000-0000-7000-8000-000000000002'
export const NOON = Date.parse('2026-06-12T12:00:00Z')

export const at = (minutes: number): string => new Date(NOON + minutes * 60_000).toISOString()

export const session: Session = {
  operator: { id: ME, email: 'helena@example.com', name: 'Helena Prado', role: 'operator' },
  expires_at: '2099-01-01T00:00:00Z',
}

export const bot: Owner = { kind: 'bot', operator_id: null, operator_name: null }
export const queue: Owner = { kind: 'waiting', operator_id: null, operator_name: null }
export const mine: Owner = { kind: 'human', operator_id: ME, operator_name: 'Helena Prado' }
export const claiming: Owner = { ...mine, kind: 'claiming' }
export const caios: Owner = { kind: 'human', operator_id: OTHER, operator_name: 'Caio Menezes' }

let made = 0

export function uuid(): string {
  made += 1
  return `00000000-0000-7000-9000-${String(made).padStart(12, '0')}`
}

export function conversation(facts: Partial<Conversation> = {}): Conversation {
  return {
    id: uuid(),
    customer: 'whatsapp:+5541900000147',
    profile_name: 'Marina Couto',
    owner: bot,
    epoch: 0,
    version: 1,
    seq: 1,
    updated_at: at(0),
    preview: 'oi, vocês abrem domingo?',
    last: { author: 'customer', status: 'received' },
    last_inbound_at: at(0),
    closed: null,
    waiting_since: null,
    overdue_at: null,
    handoff_reason: null,
    ...facts,
  }
}

export function waiting(minutes: number, facts: Partial<Conversation> = {}): Conversation {
  const since = at(minutes)
  return conversation({
    owner: queue,
    waiting_since: since,
    updated_at: since,
    handoff_reason: 'customer_request',
    ...facts,
  })
}

export function thread(facts: Partial<Thread> = {}): Thread {
  return {
    ...conversation(),
    business: 'whatsapp:+14155238886',
    created_at: at(-60),
    window_open_until: '2099-01-01T00:00:00Z',
    opted_out: false,
    note: '',
    handoff: null,
    ...facts,
  }
}

export function message(facts: Partial<Message> = {}): Message {
  return {
    id: uuid(),
    seq: 1,
    author: 'customer',
    operator_id: null,
    operator_name: null,
    text: 'oi',
    created_at: at(0),
    status: facts.author && facts.author !== 'customer' ? 'accepted' : 'received',
    delivery: '',
    code: null,
    automatic: false,
    attempt: 1,
    can_decide: false,
    sources: [],
    ...facts,
  }
}

export function episode(facts: Partial<Episode> = {}): Episode {
  return {
    id: uuid(),
    reason: 'customer_request',
    opened_at: at(1),
    claimed_at: null,
    granted_at: null,
    opened_seq: 1,
    operator_id: null,
    operator_name: null,
    closed_at: null,
    outcome: '',
    note: '',
    brief: null,
    ...facts,
  }
}
