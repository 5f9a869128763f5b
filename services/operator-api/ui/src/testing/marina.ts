/** An operator at work: Marina asked for a person, and waits. */

import type { Thread } from '../api'
import { answer, noFeed } from './api'
import * as sample from './samples'

export const now = new Date().toISOString()
export const marina = sample.thread({
  owner: sample.queue,
  waiting_since: now,
  handoff_reason: 'customer_request',
  updated_at: now,
})
const told = [
  sample.message({ seq: 1, text: 'vocês abrem domingo?' }),
  sample.message({ seq: 2, author: 'bot', text: 'Sim, das 7h às 13h.', sources: ['domingo'] }),
  sample.message({ seq: 3, text: 'quero falar com um atendente' }),
]
const handoff = sample.episode({
  opened_at: sample.at(1),
  opened_seq: 3,
  brief: {
    category: 'asked_for_person',
    summary: 'A pessoa pediu atendimento humano.',
    wants: [{ text: 'saber se abre domingo', seq: 1 }],
    tried: [{ question: 'vocês abrem domingo?', answer: 'Sim', helped: true, seq: 2 }],
    language: 'pt',
  },
})

/** The server's side: who has the conversation now, and what was said. */
export function serve(thread: Thread = marina) {
  const world = { thread, messages: [...told], episodes: [handoff] }
  answer('GET /api/conversations/:id', () => world.thread)
  answer('GET /api/conversations/:id/messages', () => ({ items: world.messages, more: false }))
  answer('GET /api/conversations/:id/handoffs', () => ({ items: world.episodes, more: false }))
  answer('GET /api/conversations', ({ url }) => {
    const isThere =
      url.searchParams.get('view') === 'waiting' ? world.thread.owner.kind === 'waiting' : true
    return { items: isThere ? [world.thread] : [], next: null }
  })
  return world
}

/** Helena is signed in, and what every page asks for is there. */
export function signedIn(): void {
  noFeed()
  answer('GET /api/session', sample.session)
  answer('GET /api/counts', { waiting: 1, mine: 1, unanswered: 0, oldest_waiting_since: now })
  answer('GET /api/changes', { items: [], next: null, as_of: now })
}

export const accepted = (facts: { owner: typeof sample.mine; message_id?: string }) => ({
  command_id: sample.uuid(),
  status: 'accepted' as const,
  epoch: 1,
  version: 2,
  message_id: null,
  ...facts,
})
