import { describe, expect, it } from 'vitest'
import { ProblemError, UnreachableError } from '../api'
import type { CommandAccepted, CommandPending, Outcome } from '../client'
import { caios, mine } from '../testing/samples'
import { type Command, execute, GoneError, type Ways } from './execute'

const claim: Command = { kind: 'claim', body: { epoch: 3 } }
const done: CommandAccepted = {
  command_id: 'c',
  status: 'accepted',
  owner: mine,
  epoch: 4,
  version: 9,
  message_id: null,
}
const pending: CommandPending = { command_id: 'c', status: 'pending' }
const away = new ProblemError(503, { type: 'urn:handoff:away', title: '', status: 503 }, 7)
const out = new ProblemError(401, { type: 'urn:handoff:signed-out', title: '', status: 401 }, null)
const outcome: Outcome = {
  ...done,
  status: 'accepted',
  reason: null,
  kind: 'claim.requested.v1',
  conversation_id: 'x',
  decided_at: '2026-06-12T12:00:00Z',
  text: '',
}

/** An API that says these things, one after the other, and a clock that only waiting moves. */
class FakeApi implements Ways {
  readonly keys: string[] = []
  readonly waits: number[] = []
  patienceMs: number | null = 20_000
  signIns = 0
  /** Somebody else signs in. */
  isForAnother = false
  #time = 0

  constructor(
    private readonly answers: (CommandAccepted | CommandPending | Error)[],
    private readonly outcomes: (Outcome | null)[] = [],
  ) {}

  post = async (_conversation: string, _command: Command, key: string) => {
    this.keys.push(key)
    const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0]
    if (!answer || answer instanceof Error) throw answer ?? new Error('nothing to say')
    return answer
  }
  ask = async () => this.outcomes.shift() ?? null
  pause = async (ms: number) => {
    this.waits.push(ms)
    this.#time += ms
  }
  now = () => this.#time
  signedIn = async () => {
    this.signIns += 1
  }
  stillHere = () => {
    if (this.isForAnother && this.signIns > 0) throw new GoneError()
  }
}

describe('a command', () => {
  it('is decided by the first answer', async () => {
    const api = new FakeApi([done])
    expect(await execute('x', claim, 'key', api)).toMatchObject({ status: 'accepted', epoch: 4 })
    expect(api.keys).toEqual(['key'])
  })

  it('that loses the race learns who has the conversation', async () => {
    const lost = new ProblemError(
      409,
      {
        type: 'urn:handoff:refused',
        title: '',
        status: 409,
        reason: 'taken',
        owner: caios,
        epoch: 5,
      },
      null,
    )
    expect(await execute('x', claim, 'key', new FakeApi([lost]))).toEqual({
      status: 'refused',
      reason: 'taken',
      owner: caios,
      epoch: 5,
    })
  })

  it('is repeated with the same key while nobody answers', async () => {
    const api = new FakeApi([new UnreachableError('net'), away, done])
    await execute('x', claim, 'key', api)
    expect(api.keys).toEqual(['key', 'key', 'key'])
    expect(api.waits).toEqual([1_000, 7_000])
  })

  it('that is pending is asked for until it is decided', async () => {
    const api = new FakeApi([pending], [null, null, outcome])
    expect(await execute('x', claim, 'key', api)).toMatchObject({ status: 'accepted' })
    expect(api.keys).toEqual(['key'])
    expect(api.waits).toEqual([1_000, 1_000, 1_000])
  })

  it('that stays undecided for longer than the router allows is repeated, not guessed', async () => {
    const api = new FakeApi([pending, done])
    expect(await execute('x', claim, 'key', api)).toMatchObject({ status: 'accepted' })
    expect(api.keys).toEqual(['key', 'key'])
  })

  it('goes on after a new sign-in', async () => {
    const api = new FakeApi([out, done])
    expect(await execute('x', claim, 'key', api)).toMatchObject({ status: 'accepted' })
    expect(api.signIns).toBe(1)
  })

  it('is not sent for somebody else who signs in', async () => {
    const api = new FakeApi([out, done])
    api.isForAnother = true
    await expect(execute('x', claim, 'key', api)).rejects.toBeInstanceOf(GoneError)
    expect(api.keys).toEqual(['key'])
  })

  it('ends with what no repetition cures, and when patience ends', async () => {
    const broken = new ProblemError(500, { title: '', status: 500 }, null)
    await expect(execute('x', claim, 'key', new FakeApi([broken]))).rejects.toBe(broken)
    await expect(execute('x', claim, 'key', new FakeApi([away]))).rejects.toBe(away)
  })
})
