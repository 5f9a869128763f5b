/** One press of "next": repeated with its key until it is decided. */

import { call, isTransient, ProblemError } from '../api'
import { claimNext } from '../client'

const AGAIN_MS = 1_000
const PATIENCE_MS = 35_000

/** Return the conversation that was taken; none when nobody waits. Throws what no repetition cures. */
export async function takeNext(
  pause: (ms: number) => Promise<void>,
  now: () => number = Date.now,
): Promise<string | null> {
  const key = crypto.randomUUID()
  const start = now()
  for (;;) {
    try {
      const answer = await call(claimNext({ headers: { 'Idempotency-Key': key } }))
      if ('conversation_id' in answer) return answer.conversation_id
    } catch (error) {
      if (isNobody(error)) return null
      if (!isTransient(error) || now() - start > PATIENCE_MS) throw error
    }
    await pause(AGAIN_MS)
  }
}

function isNobody(error: unknown): boolean {
  return error instanceof ProblemError && (error.is('nobody-waits') || error.is('others-faster'))
}
