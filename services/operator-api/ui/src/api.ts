/** How the generated client is called: answers are values, everything else is an exception. */

import type { Problem } from './client'
import { client } from './client/client.gen'

export type {
  Brief,
  Conversation,
  ConversationPage,
  Counts,
  Episode,
  Message,
  MessagePage,
  Owner,
  Problem,
  Session,
  Thread,
} from './client'

client.setConfig({ baseUrl: location.origin, credentials: 'same-origin' })

/** The API answered with a problem (RFC 9457). */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'

  constructor(
    readonly status: number,
    readonly problem: Problem,
    /** Seconds, if the answer named them. */
    readonly retryAfter: number | null,
  ) {
    super(`${status} ${problem.type ?? 'about:blank'}`)
  }

  is(name: string): boolean {
    return this.problem.type === `urn:handoff:${name}`
  }

  /** Asking again later can help: nothing was decided. */
  get isTransient(): boolean {
    return this.status === 503 || this.status === 502 || this.status === 504
  }
}

/** No whole answer came: the network, or the server, is away. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ProblemError && error.is('signed-out')
}

export function isTransient(error: unknown): boolean {
  return error instanceof UnreachableError || (error instanceof ProblemError && error.isTransient)
}

interface Result<T> {
  data?: T | undefined
  error?: unknown
  response?: Response | undefined
}

/** Wait for a call's answer. Throws `ProblemError` or `UnreachableError`. */
export async function call<T>(pending: Promise<Result<T>>): Promise<T> {
  const { data, error, response } = await pending
  if (!response) throw new UnreachableError('no answer', { cause: error })
  if (response.ok) {
    // Its head came, and the connection broke, or the page went: nobody knows what it said.
    if (error !== undefined) throw new UnreachableError('half an answer', { cause: error })
    return data as T
  }
  const after = Number(response.headers.get('Retry-After') ?? Number.NaN)
  throw new ProblemError(
    response.status,
    asProblem(error, response.status),
    Number.isFinite(after) ? after : null,
  )
}

function asProblem(body: unknown, status: number): Problem {
  const known = typeof body === 'object' && body !== null && 'title' in body
  return known ? (body as Problem) : { title: '', status }
}
