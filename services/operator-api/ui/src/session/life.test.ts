import { beforeEach, describe, expect, it } from 'vitest'
import { Life, toldOf } from './life'

const MINUTE = 60_000
let clock = 0
let asked = 0
const born = () =>
  new Life(
    async () => {
      asked += 1
    },
    () => clock,
  )

beforeEach(() => {
  clock = 0
  asked = 0
})

describe('somebody who reads and asks for nothing', () => {
  it('is shown to the server every five minutes while they move', () => {
    const life = born()
    for (clock = 0; clock <= 30 * MINUTE; clock += MINUTE) life.moved()
    expect(asked).toBe(5)
  })

  it('is not made up: without a move nothing is said', () => {
    born()
    clock = 30 * MINUTE
    expect(asked).toBe(0)
  })
})

describe('a session that ends soon', () => {
  it('says when, and goes on with the next move', () => {
    const life = born()
    const { heard } = life
    heard({ seconds: 120, renewable: true })
    expect(life.ending.get()).toEqual({ at: 2 * MINUTE, renewable: true })
    life.moved()
    expect(asked).toBe(1)
    expect(life.ending.get()).toBeNull()
  })

  it('that only a sign-in prolongs stays announced, whatever moves', () => {
    const life = born()
    life.heard({ seconds: 120, renewable: false })
    life.moved()
    void life.renew()
    expect(life.ending.get()?.renewable).toBe(false)
    life.begin()
    expect(life.ending.get()).toBeNull()
  })

  it('is no longer announced once the server says so', () => {
    const life = born()
    life.heard({ seconds: 120, renewable: true })
    life.heard({ seconds: 1_800, renewable: true })
    expect(life.ending.get()).toBeNull()
  })

  it('is read from the feed, and from nothing else', () => {
    const event = {
      name: 'session',
      data: '{"type":"session","seconds":9,"renewable":true}',
      id: null,
    }
    expect(toldOf(event)).toEqual({ seconds: 9, renewable: true })
    expect(toldOf({ ...event, name: 'conversation' })).toBeNull()
    expect(toldOf({ ...event, data: 'x' })).toBeNull()
  })
})
