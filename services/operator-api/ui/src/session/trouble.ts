/** Why a sign-in failed, in the words of the page. */

import { ProblemError } from '../api'

export type Trouble =
  | { kind: 'missing' }
  | { kind: 'wrong' }
  | { kind: 'throttled'; seconds: number }
  | { kind: 'away' }

const TOO_MANY = 429
const INVALID: readonly number[] = [401, 422]

export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof ProblemError)) return { kind: 'away' }
  if (error.status === TOO_MANY) return { kind: 'throttled', seconds: error.retryAfter ?? 60 }
  return INVALID.includes(error.status) ? { kind: 'wrong' } : { kind: 'away' }
}
