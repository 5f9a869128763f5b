/** What became of a message, as a tick says it. */

import type { Conversation, Message } from '../api'

export type Receipt =
  | 'none'
  | 'sending'
  | 'accepted'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'doubtful'
  | 'unconfirmed'
  | 'dropped'

const FAILED_DELIVERY: readonly string[] = ['failed', 'undelivered']

const BY_STATUS: Record<Message['status'], Receipt> = {
  received: 'none',
  queued: 'sending',
  released: 'sending',
  doubtful: 'doubtful',
  accepted: 'accepted',
  refused: 'failed',
  superseded: 'dropped',
  unconfirmed: 'unconfirmed',
  given_up: 'failed',
}

export function receiptOf(message: Pick<Message, 'status' | 'delivery'>): Receipt {
  if (FAILED_DELIVERY.includes(message.delivery)) return 'failed'
  if (message.status === 'accepted' && message.delivery === 'read') return 'read'
  if (message.status === 'accepted' && message.delivery === 'delivered') return 'delivered'
  return BY_STATUS[message.status]
}

/** Of a row's last message, which says in one word what became of it. */
export function receiptOfLast({ status }: NonNullable<Conversation['last']>): Receipt {
  switch (status) {
    case 'delivered':
    case 'read':
    case 'failed':
    case 'undelivered':
      return receiptOf({ status: 'accepted', delivery: status })
    default:
      return BY_STATUS[status]
  }
}

export type Failure =
  | 'window'
  | 'optedOut'
  | 'blocked'
  | 'sandbox'
  | 'address'
  | 'length'
  | 'rate'
  | 'channel'
  | 'gaveUp'
  | 'other'

const BY_CODE: ReadonlyMap<number, Failure> = new Map<number, Failure>([
  [0, 'gaveUp'],
  [63016, 'window'],
  [21610, 'optedOut'],
  [63033, 'optedOut'],
  [63014, 'blocked'],
  [63015, 'sandbox'],
  [21211, 'address'],
  [21604, 'address'],
  [63003, 'address'],
  [21617, 'length'],
  [21658, 'length'],
  [20429, 'rate'],
  [21611, 'rate'],
  [63018, 'rate'],
  [63038, 'rate'],
  [20003, 'channel'],
  [63001, 'channel'],
  [63007, 'channel'],
])

/** Why it was not sent, by Twilio's error code. */
export function failureOf(code: number | null): Failure {
  return (code === null ? undefined : BY_CODE.get(code)) ?? 'other'
}

/** Sending the same text again can help. */
export const CAN_REPEAT: Record<Failure, boolean> = {
  window: false,
  optedOut: false,
  blocked: false,
  sandbox: true,
  address: false,
  length: false,
  rate: true,
  channel: true,
  gaveUp: true,
  other: true,
}
