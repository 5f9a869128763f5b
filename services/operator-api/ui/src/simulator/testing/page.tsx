import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { server } from '../../testing/api'
import type { Entry, Faults, Setting, TraceEntry, Writing } from '../api'
import '../i18n'
import { defaults } from '../queries'
import { SimulatorPage } from '../shell/SimulatorPage'
import { BUSINESS, CUSTOMER, clock, faults, setting, wrote } from './samples'

const STREAM = { 'Content-Type': 'text/event-stream' }

/** A simulator with one customer; what is told to it is told on to whoever listens. */
export class FakeSimulator {
  setting: Setting = setting()
  faults: Faults = faults()
  messages: Entry[] = []
  trace: TraceEntry[] = []
  /** Every call answers with this instead. */
  refusal: { status: number; sign_in: string | null } | null = null
  isAway = false
  /** Answers about the faults are made at once, and get there when this resolves. */
  slowness: Promise<void> = Promise.resolve()
  faultsAsked = 0
  readonly written: Writing[] = []
  readonly forwarded: number[] = []
  #ahead = 0
  readonly #streams = new Set<ReadableStreamDefaultController<Uint8Array>>()

  constructor() {
    localStorage.setItem(
      'simulator.customer',
      JSON.stringify({ number: CUSTOMER, name: 'Bia Teste', to: '' }),
    )
    server.use(
      http.get('*/setting', () => this.#say(this.setting)),
      http.get('*/clock', () => this.#say(this.#clock())),
      http.post('*/clock', async ({ request }) => this.#move(await request.json())),
      http.get('*/faults', async () => {
        const answer = this.#say(this.faults)
        this.faultsAsked += 1
        await this.slowness
        return answer
      }),
      http.put('*/faults', async ({ request }) => {
        this.faults = (await request.json()) as Faults
        return this.#say(this.faults)
      }),
      http.get('*/phones', () => this.#say([])),
      http.get('*/phones/:number/messages', ({ params }) =>
        this.#say({ messages: this.#of(String(params.number)), next: null }),
      ),
      http.post('*/phones/:number/messages', async ({ request }) =>
        this.#write((await request.json()) as Writing),
      ),
      http.get('*/trace', () => this.#say({ entries: this.trace, next: null })),
      http.get('*/events', () => this.#stream()),
    )
  }

  /** Somebody says this on the phone, and the stream tells it. */
  tell(entry: Entry): void {
    this.messages.push(entry)
    this.#send('message', entry)
  }

  happen(event: TraceEntry): void {
    this.trace.push(event)
    this.#send('trace', event)
  }

  hangUp(): void {
    for (const stream of this.#streams) stream.close()
    this.#streams.clear()
  }

  #send(name: string, data: object): void {
    const bytes = new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
    for (const stream of this.#streams) stream.enqueue(bytes)
  }

  #stream(): Response {
    if (this.isAway) return HttpResponse.error()
    if (this.refusal) return new HttpResponse(null, { status: this.refusal.status })
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => {
        this.#streams.add(stream)
        stream.enqueue(new TextEncoder().encode(': heartbeat\n\n'))
      },
    })
    return new HttpResponse(body, { headers: STREAM })
  }

  #write(writing: Writing): Response {
    if (this.isAway) return HttpResponse.error()
    this.written.push(writing)
    this.tell(wrote(writing.text, { sid: writing.sid, media: writing.media, recipient: BUSINESS }))
    return HttpResponse.json({ sid: writing.sid }, { status: 202 })
  }

  #move(body: unknown): Response {
    const { forward_seconds } = body as { forward_seconds: number }
    this.forwarded.push(forward_seconds)
    this.#ahead += forward_seconds
    return this.#say(this.#clock())
  }

  #clock() {
    return clock({ ahead_seconds: this.#ahead, travels: this.setting.travels })
  }

  #of(number: string): Entry[] {
    return number === CUSTOMER ? this.messages : []
  }

  #say(answer: object): Response {
    if (this.isAway) return HttpResponse.error()
    if (this.refusal === null) return HttpResponse.json(answer)
    const { status, sign_in } = this.refusal
    return HttpResponse.json({ detail: 'no', sign_in }, { status })
  }
}

/** Open the page, as a browser does. */
export function open() {
  const page = render(
    <QueryClientProvider client={new QueryClient(defaults())}>
      <SimulatorPage />
    </QueryClientProvider>,
  )
  return { ...page, user: userEvent.setup() }
}
