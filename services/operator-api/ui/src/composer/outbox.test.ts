import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type Decision, GoneError } from '../commands/execute'
import { FakeShelf } from '../testing/shelf'
import { DoubtError, doubtOf, Outbox, type Reply, type Seen, type Sender } from './outbox'

const accepted = (message: string): Decision => ({
  status: 'accepted',
  owner: null,
  epoch: 1,
  version: 2,
  message,
})
const refused = (reason: 'taken' | 'expired'): Decision => ({
  status: 'refused',
  reason,
  owner: null,
  epoch: 2,
})

/** Answers when told to. */
class FakeSender implements Sender {
  readonly asked: { reply: Reply; answer: (decision: Decision | Error) => void }[] = []
  readonly returned: string[] = []

  send = (reply: Reply) =>
    new Promise<Decision>((resolve, reject) => {
      const answer = (said: Decision | Error) =>
        said instanceof Error ? reject(said) : resolve(said)
      this.asked.push({ reply, answer })
    })
  giveBack = (reply: Reply) => void this.returned.push(reply.text)
  sent = () => {}
  readonly told: string[] = []
  failed = (reply: Reply) => void this.told.push(reply.text)
  now: Seen = { epoch: 3, inbound: 'noon' }
  seen = () => this.now
}

let shelf: FakeShelf
let sender: FakeSender
let clock: number
const open = () => new Outbox('helena', shelf, sender, () => clock)
const states = (outbox: Outbox) => outbox.get().map(({ text, state }) => `${text} ${state}`)

beforeEach(() => {
  shelf = new FakeShelf()
  sender = new FakeSender()
  clock = 1_000
})

describe('replies', () => {
  it('are on the screen at once', () => {
    const outbox = open()
    outbox.add('c1', 'oi')
    expect(states(outbox)).toEqual(['oi sending'])
  })

  it('go one after the other within a conversation, side by side across them', async () => {
    const outbox = open()
    outbox.add('c1', 'one')
    outbox.add('c1', 'two')
    outbox.add('c2', 'else')
    expect(sender.asked.map(({ reply }) => reply.text)).toEqual(['one', 'else'])
    sender.asked[0]?.answer(accepted('m1'))
    await vi.waitFor(() => expect(sender.asked).toHaveLength(3))
    expect(sender.asked[2]?.reply.text).toBe('two')
  })

  it('stay until the thread shows them', async () => {
    const outbox = open()
    outbox.add('c1', 'oi')
    sender.asked[0]?.answer(accepted('m1'))
    await vi.waitFor(() => expect(states(outbox)).toEqual(['oi sent']))
    outbox.shown(new Set(['m1']))
    expect(outbox.get()).toEqual([])
  })

  it('become a draft again when somebody else has the conversation', async () => {
    const outbox = open()
    outbox.add('c1', 'oi')
    sender.asked[0]?.answer(refused('taken'))
    await vi.waitFor(() => expect(sender.returned).toEqual(['oi']))
    expect(outbox.get()).toEqual([])
    expect(shelf.length).toBe(0)
  })

  it('that fail stay in their place and hold back what came after', async () => {
    const outbox = open()
    outbox.add('c1', 'one')
    outbox.add('c1', 'two')
    sender.asked[0]?.answer(refused('expired'))
    await vi.waitFor(() => expect(states(outbox)).toEqual(['one failed', 'two queued']))
    expect(sender.asked).toHaveLength(1)
    expect(sender.told).toEqual(['one'])
  })

  it('sent again are a new click with a new key', async () => {
    const outbox = open()
    outbox.add('c1', 'oi')
    const first = sender.asked[0]?.reply.key ?? ''
    sender.asked[0]?.answer(new Error('500'))
    await vi.waitFor(() => expect(states(outbox)).toEqual(['oi failed']))
    outbox.again(first)
    await vi.waitFor(() => expect(sender.asked).toHaveLength(2))
    expect(sender.asked[1]?.reply.key).not.toBe(first)
  })
})

describe('after a reload', () => {
  it('what was on its way goes again with the same key', () => {
    open().add('c1', 'oi')
    const key = sender.asked[0]?.reply.key
    open().resume()
    expect(sender.asked[1]?.reply.key).toBe(key)
  })

  it('what waits for a word goes on waiting for it', async () => {
    const outbox = open()
    outbox.add('c1', 'oi')
    sender.asked[0]?.answer(new DoubtError('old'))
    await vi.waitFor(() => expect(states(outbox)).toEqual(['oi stale']))
    const again = open()
    again.resume()
    expect(states(again)).toEqual(['oi stale'])
    expect(sender.asked).toHaveLength(1)
  })

  it('what its author left on its way goes again, and nobody was told', async () => {
    const outbox = open()
    outbox.add('c1', 'one')
    outbox.add('c1', 'two')
    sender.asked[0]?.answer(new GoneError())
    await new Promise((resolve) => setTimeout(resolve))
    expect(states(outbox)).toEqual(['one sending', 'two queued'])
    expect([sender.told, sender.asked.length]).toEqual([[], 1])
    open().resume()
    expect(sender.asked[1]?.reply.key).toBe(sender.asked[0]?.reply.key)
  })

  it('what arrived does not go again', async () => {
    const outbox = open()
    outbox.add('c1', 'oi')
    sender.asked[0]?.answer(accepted('m1'))
    await vi.waitFor(() => expect(states(outbox)).toEqual(['oi sent']))
    expect(open().get()).toEqual([])
  })
})

describe('a reply that had to wait', () => {
  const MINUTE = 60_000
  const reply = (at: number): Reply => ({
    key: 'k',
    conversation: 'c1',
    text: 'oi',
    at,
    state: 'queued',
    reason: null,
    message: null,
    seen: { epoch: 3, inbound: 'noon' },
  })

  it.each([
    [1, { epoch: 3, inbound: 'noon' }, null],
    [16, { epoch: 3, inbound: 'noon' }, 'old'],
    [1, { epoch: 5, inbound: 'noon' }, 'changedHands'],
    [1, { epoch: 3, inbound: 'later' }, 'newInbound'],
    [0.4, { epoch: 5, inbound: 'later' }, null],
  ] as const)('for %d minutes, with %o: %s', (minutes, now, doubt) => {
    expect(doubtOf(reply(0), now, minutes * MINUTE)).toBe(doubt)
  })

  it('asks before it goes, and goes with its own key', async () => {
    const outbox = open()
    outbox.add('c1', 'oi')
    sender.asked[0]?.answer(new DoubtError('newInbound'))
    await vi.waitFor(() => expect(states(outbox)).toEqual(['oi stale']))
    expect(outbox.get()[0]?.reason).toBe('newInbound')
    clock += MINUTE
    sender.now = { epoch: 3, inbound: 'later' }
    outbox.confirm(outbox.get()[0]?.key ?? '')
    expect(sender.asked).toHaveLength(2)
    expect(sender.asked[1]?.reply.key).toBe(sender.asked[0]?.reply.key)
    expect(doubtOf(sender.asked[1]?.reply ?? reply(0), sender.now, clock + MINUTE)).toBeNull()
  })
})
