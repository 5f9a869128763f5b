/** A stand-in for the API, typed by the same document as the client. */

import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import type * as api from '../client'

interface Answers {
  'GET /api/session': api.ReadSessionResponse
  'POST /api/session': api.SignInResponse
  'DELETE /api/session': null
  'GET /api/counts': api.ReadCountsResponse
  'GET /api/links': api.ReadLinksResponse
  'GET /api/conversations': api.ListConversationsResponse
  'GET /api/changes': api.ListChangesResponse
  'GET /api/conversations/:id': api.ReadConversationResponse
  'GET /api/conversations/:id/messages': api.ListMessagesResponse
  'GET /api/conversations/:id/handoffs': api.ListHandoffsResponse
  'POST /api/conversations/:id/claim': api.ClaimResponses[200 | 202]
  'POST /api/conversations/:id/reply': api.ReplyResponses[200 | 202]
  'POST /api/conversations/:id/return': api.ReturnToBotResponses[200 | 202]
  'POST /api/conversations/:id/close': api.CloseResponses[200 | 202]
  'POST /api/conversations/:id/messages/:message/decide': api.DecideResponses[200 | 202]
  'POST /api/next': api.ClaimNextResponses[200 | 202]
}

export interface Asked {
  url: URL
  key: string | null
  body: unknown
}

type Answer<T> = T | api.Problem | ((asked: Asked) => T | api.Problem | Promise<T | api.Problem>)

export const server = setupServer()

const METHODS = { GET: http.get, POST: http.post, DELETE: http.delete }

function isProblem(answer: unknown): answer is api.Problem {
  if (typeof answer !== 'object' || answer === null) return false
  return 'title' in answer && 'status' in answer && typeof answer.status === 'number'
}

/** Answer an endpoint from now on; a function sees what was asked. */
export function answer<R extends keyof Answers>(route: R, given: Answer<Answers[R]>): void {
  const [method = 'GET', path = ''] = route.split(' ')
  const on = METHODS[method as keyof typeof METHODS]
  server.use(
    on(`*${path}`, async ({ request }) => {
      const body: unknown = method === 'POST' ? await request.json().catch(() => null) : null
      const asked = { url: new URL(request.url), key: request.headers.get('Idempotency-Key'), body }
      const said = typeof given === 'function' ? await given(asked) : given
      if (!isProblem(said)) return HttpResponse.json(said as object)
      return HttpResponse.json(said, {
        status: said.status,
        headers: { 'Content-Type': 'application/problem+json', 'Retry-After': '30' },
      })
    }),
  )
}

export function problem(
  status: number,
  name: string,
  facts: Partial<api.Problem> = {},
): api.Problem {
  return { type: `urn:handoff:${name}`, title: name, status, ...facts }
}

/** Streams are blocked: what remains is the economy mode, which needs no open connection. */
export function noFeed(): void {
  server.use(http.get('*/api/feed', () => new HttpResponse(null, { status: 404 })))
}
