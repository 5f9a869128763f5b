/** The connection as the screen sees it. One table: every state, and what each sign makes of it. */

export type Phase =
  | 'connecting'
  | 'live'
  | 'hiccup'
  | 'reconnecting'
  | 'offline'
  | 'catchingUp'
  | 'economy'
  | 'signedOut'

export type Sign =
  /** The stream is open: what was missed is being fetched. */
  | 'opened'
  /** Nothing is missing any more. */
  | 'caughtUp'
  /** The stream ended, or gave no sign of life for too long. */
  | 'dropped'
  /** A drop lasted for more than a hiccup. */
  | 'lasting'
  | 'networkGone'
  | 'networkBack'
  /** Answers come, streams do not: something on the way holds them back. */
  | 'blocked'
  | 'signedOut'
  | 'signedIn'

export interface Connection {
  phase: Phase
  /** Since when the screen may be old; none while it is not. */
  since: number | null
  /** Attempts to connect since it was last live. */
  attempt: number
}

export const START: Connection = { phase: 'connecting', since: null, attempt: 0 }

/** Only where a sign means something; elsewhere it changes nothing. */
const NEXT: Record<Phase, Partial<Record<Sign, Phase>>> = {
  connecting: {
    opened: 'catchingUp',
    dropped: 'reconnecting',
    networkGone: 'offline',
    blocked: 'economy',
    signedOut: 'signedOut',
  },
  live: { dropped: 'hiccup', networkGone: 'offline', signedOut: 'signedOut' },
  hiccup: {
    opened: 'catchingUp',
    lasting: 'reconnecting',
    dropped: 'reconnecting',
    networkGone: 'offline',
    blocked: 'economy',
    signedOut: 'signedOut',
  },
  reconnecting: {
    opened: 'catchingUp',
    dropped: 'reconnecting',
    networkGone: 'offline',
    blocked: 'economy',
    signedOut: 'signedOut',
  },
  offline: { networkBack: 'reconnecting', opened: 'catchingUp', signedOut: 'signedOut' },
  catchingUp: {
    caughtUp: 'live',
    dropped: 'reconnecting',
    networkGone: 'offline',
    blocked: 'economy',
    signedOut: 'signedOut',
  },
  economy: {
    opened: 'catchingUp',
    networkGone: 'offline',
    dropped: 'economy',
    signedOut: 'signedOut',
  },
  signedOut: { signedIn: 'connecting' },
}

const CURRENT: readonly Phase[] = ['live', 'economy']

export function after(connection: Connection, sign: Sign, now: number): Connection {
  const phase = NEXT[connection.phase][sign]
  if (phase === undefined) return connection
  const fine = CURRENT.includes(phase)
  return {
    phase,
    since: fine ? null : (connection.since ?? now),
    attempt: fine ? 0 : sign === 'dropped' ? connection.attempt + 1 : connection.attempt,
  }
}

const WAITS_S = [1, 2, 4, 8, 15, 30]

/** How long to wait before attempt n (from 1); `random` in [0, 1) spreads the crowd by a quarter. */
export function backoffMs(attempt: number, random: number): number {
  const at = Math.min(Math.max(attempt, 1), WAITS_S.length) - 1
  return Math.round((WAITS_S[at] ?? 30) * 1000 * (0.75 + random / 2))
}
