import type source from '../i18n/pt-BR.json'

type Reason = keyof (typeof source)['reason']

/** Of these each has a label, and each label is one of them. */
const KNOWN: Record<Exclude<Reason, 'other'>, true> = {
  customer_request: true,
  offer_accepted: true,
  needs_team: true,
  sensitive_topic: true,
  promised_person: true,
  repeated_failure: true,
  bot_choice: true,
  bot_failed: true,
  bot_silent: true,
  send_failed: true,
  late: true,
  restored: true,
  takeover: true,
}

/** The reason in the words of the screen; one that is not known yet is still a handoff. */
export function reasonKey(reason: string): Reason {
  return Object.hasOwn(KNOWN, reason) ? (reason as keyof typeof KNOWN) : 'other'
}

type Outcome = keyof (typeof source)['outcome']

const OUTCOMES: readonly Outcome[] = ['resolved', 'unresolved', 'no_answer']

export function outcomeKey(outcome: string): Outcome {
  return OUTCOMES.find((known) => known === outcome) ?? 'resolved'
}
