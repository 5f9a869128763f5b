import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { faults } from '../testing/samples'
import { OUTAGE_MS, Outage, type Wire } from './outage'
import { calmed, SWITCH_NAMES, SWITCHES, turnedOn } from './switches'

describe.each(SWITCH_NAMES)('the switch %s', (name) => {
  it('is seen as it was turned, and alone', () => {
    const on = SWITCHES[name].turned(faults(), true)
    expect(turnedOn(on)).toEqual([name])
    expect(turnedOn(SWITCHES[name].turned(on, false))).toEqual([])
  })

  it('leaves no trace when it is turned off again', () => {
    const on = SWITCHES[name].turned(faults(), true)
    expect(SWITCHES[name].turned(on, false)).toEqual({ ...faults(), ...added(name) })
  })
})

/** Turning these on names the other chances of a create request, to take their place. */
function added(name: string) {
  if (name !== 'cut' && name !== 'credentials') return {}
  return { reject_429: 0, error_500_before: 0, cut_before: 0, error_500_after: 0, hang_after: 0 }
}

describe('the switches together', () => {
  it('turn off by one press, and nothing that others have set with them', () => {
    const line = { contains: 'bolo', fault: 'cut_after', times: 1, code: 63024 }
    const theirs = faults({ webhook_drop: 0.5, script: [line] })
    const all = SWITCH_NAMES.reduce((now, name) => SWITCHES[name].turned(now, true), theirs)
    expect(turnedOn(all)).toEqual(SWITCH_NAMES.filter((name) => name !== 'credentials'))
    expect(calmed(all)).toMatchObject({ webhook_drop: 0.5, script: [line], seed: 7 })
    expect(turnedOn(calmed(all))).toEqual([])
  })

  it('have one fault of a create request at a time', () => {
    const cut = SWITCHES.cut.turned(faults({ reject_429: 0.5 }), true)
    const refused = SWITCHES.credentials.turned(cut, true)
    expect(turnedOn(refused)).toEqual(['credentials'])
    expect(refused).toMatchObject({ reject_401: 1, reject_429: 0, cut_after: 0 })
  })

  it('refuse by the code that the label says', () => {
    expect(SWITCHES.refused.turned(faults(), true).script).toEqual([
      { contains: '', fault: 'fail', times: 1_000_000, code: 63_018 },
    ])
  })
})

describe("the console's outage", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function wired() {
    const told: boolean[] = []
    const wire: Wire = { post: ({ on }) => void told.push(on), close: () => undefined }
    return { told, outage: new Outage(() => wire) }
  }

  it('ends by itself when the console connects again by itself', () => {
    const { told, outage } = wired()
    outage.turn(true)
    vi.advanceTimersByTime(OUTAGE_MS - 1)
    expect(outage.get()).toBe(true)
    vi.advanceTimersByTime(1)
    expect(outage.get()).toBe(false)
    expect(told).toEqual([true])
  })

  it('ends with the page, and says so only if it was on', () => {
    const { told, outage } = wired()
    outage.end()
    expect(told).toEqual([])
    outage.turn(true)
    outage.end()
    expect([told, outage.get()]).toEqual([[true, false], false])
  })
})
