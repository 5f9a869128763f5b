import { describe, expect, it } from 'vitest'
import { type Asked, answer, problem } from '../testing/api'
import { accepted } from '../testing/marina'
import * as sample from '../testing/samples'
import { GoneError } from './execute'
import { takeNext, type Ways } from './taking'

const taken = { ...accepted({ owner: sample.mine }), conversation_id: sample.uuid() }
const out = problem(401, 'signed-out')

/** An API that says these things, one after the other, and somebody who signs in when asked. */
function world(...answers: (typeof taken | ReturnType<typeof problem>)[]) {
  const keys: (string | null)[] = []
  answer('POST /api/next', ({ key }: Asked) => {
    keys.push(key)
    return answers[keys.length - 1] ?? problem(500, 'nothing to say')
  })
  let time = 0
  let signIns = 0
  const ways: Ways = {
    pause: async (ms) => {
      time += ms
    },
    now: () => time,
    signedIn: async () => {
      signIns += 1
    },
    stillHere: () => {},
  }
  return { keys, ways, signIns: () => signIns }
}

describe('the next in line', () => {
  it('is taken by the same press while nobody answers', async () => {
    const { keys, ways } = world(problem(503, 'away'), taken)
    expect(await takeNext(ways)).toBe(taken.conversation_id)
    expect(new Set(keys).size).toBe(1)
  })

  it('waits for a sign-in, and is taken by the same press', async () => {
    const { keys, ways, signIns } = world(out, taken)
    expect(await takeNext(ways)).toBe(taken.conversation_id)
    expect(signIns()).toBe(1)
    expect([keys.length, new Set(keys).size]).toEqual([2, 1])
  })

  it('is not taken for somebody else who signs in', async () => {
    const { keys, ways, signIns } = world(out, taken)
    ways.stillHere = () => {
      if (signIns() > 0) throw new GoneError()
    }
    await expect(takeNext(ways)).rejects.toBeInstanceOf(GoneError)
    expect(keys).toHaveLength(1)
  })

  it('is nobody only where nobody waits', async () => {
    expect(await takeNext(world(problem(404, 'nobody-waits')).ways)).toBeNull()
    const faster = takeNext(world(problem(409, 'others-faster')).ways)
    await expect(faster).rejects.toMatchObject({ status: 409 })
  })
})
