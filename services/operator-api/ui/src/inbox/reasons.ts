import type source from '../i18n/pt-BR.json'

type Reason = keyof (typeof source)['reason']

const KNOWN: readonly Reason[] = [
  'customer_request',
  'offer_accepted',
  'repeated_failure',
  'bot_failed',
  'bot_silent',
  'late',
  'restored',
  'takeover',
]

/** The reason in the words of the screen; one that is not known yet is still a handoff. */
export function reasonKey(reason: string): Reason {
  return KNOWN.find((known) => known === reason) ?? 'other'
}

type Outcome = keyof (typeof source)['outcome']

const OUTCOMES: readonly Outcome[] = ['resolved', 'unresolved', 'no_answer']

export function outcomeKey(outcome: string): Outcome {
  return OUTCOMES.find((known) => known === outcome) ?? 'resolved'
}
