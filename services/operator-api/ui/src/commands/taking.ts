/** One press of "next": repeated with its key until it is decided. */

import { call, isSignedOut, isTransient, ProblemError } from '../api'
import { claimNext } from '../client'
import type { Ways as CommandWays } from './execute'

const AGAIN_MS = 1_000
const PATIENCE_MS = 35_000

export type Ways = Pick<CommandWays, 'pause' | 'now' | 'signedIn' | 'stillHere'>

/**
 * Return the conversation that was taken; none when nobody waits.
 *
 * Throws what no repetition cures, what is transient after the patience, and `GoneError` instead of
 * taking anything for somebody who has gone.
 */
export async function takeNext(ways: Ways): Promise<string | null> {
  const key = crypto.randomUUID()
  const start = ways.now()
  for (;;) {
    try {
      ways.stillHere()
      const answer = await call(claimNext({ headers: { 'Idempotency-Key': key } }))
      if ('conversation_id' in answer) return answer.conversation_id
    } catch (error) {
      ways.stillHere()
      if (isProblem(error, 'nobody-waits')) return null
      if (isSignedOut(error)) {
        await ways.signedIn()
        continue
      }
      if (!isTransient(error) || ways.now() - start > PATIENCE_MS) throw error
    }
    await ways.pause(AGAIN_MS)
  }
}

/** Others took everybody whom the server tried for us; more may wait. */
export function wereOthersFaster(error: unknown): boolean {
  return isProblem(error, 'others-faster')
}

function isProblem(error: unknown, name: string): boolean {
  return error instanceof ProblemError && error.is(name)
}
