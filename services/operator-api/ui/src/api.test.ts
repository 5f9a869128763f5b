import { expect, it } from 'vitest'
import { call, isTransient } from './api'
import { readCounts } from './client'

it('takes an answer that broke off for none, so that what was asked is asked again', async () => {
  const half = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode('{"waiting": '))
      controller.error(new TypeError('network error'))
    },
  })
  const headers = { 'Content-Type': 'application/json' }
  const fetch = () => Promise.resolve(new Response(half, { status: 200, headers }))
  const error: unknown = await call(readCounts({ fetch })).catch((thrown: unknown) => thrown)
  expect(isTransient(error)).toBe(true)
})
