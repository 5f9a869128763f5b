import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Sample } from '../phone/talk'
import { PATIENCE_MS, play, QUIET_MS, type Stage, secondsUntil, TYPING_MS } from './play'
import { Running } from './running'
import { SCRIPT_NAMES, SCRIPTS, type Script } from './scripts'

/** A phone whose business answers when the test says so. */
class FakeStage implements Stage {
  readonly done: string[] = []
  failing = false
  #heard = 0
  readonly #listeners = new Set<() => void>()

  say = async (text: string, sample: Sample | null) => {
    if (this.failing) throw new TypeError('network')
    this.done.push(sample ? `${text} [${sample}]` : text)
  }
  forward = async (seconds: number) => void this.done.push(`+${seconds}`)
  now = () => Date.parse('2026-06-11T12:00:00')
  heard = () => this.#heard
  onHeard = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  answer() {
    this.#heard += 1
    for (const listener of this.#listeners) listener()
  }
  get listeners() {
    return this.#listeners.size
  }
}

const script = (...steps: Script['steps']): Script => ({ name: 'Bia', steps })
const TALK = script({ say: 'oi' }, { hear: 'anyone' }, { say: 'tchau', sample: 'photo.jpg' })
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a script', () => {
  function start(given: Script) {
    const stage = new FakeStage()
    const aborter = new AbortController()
    const told: string[] = []
    const ended = play(given, stage, (at, waiting) => told.push(`${at} ${waiting}`), aborter.signal)
    // Looked at later.
    ended.catch(() => undefined)
    return { stage, told, ended, aborter }
  }

  it('says the next thing only after the answer is complete', async () => {
    const { stage, told, ended } = start(TALK)
    await pass(TYPING_MS)
    expect(stage.done).toEqual(['oi'])
    stage.answer()
    await pass(QUIET_MS - 1)
    stage.answer()
    await pass(QUIET_MS - 1)
    expect(told).toEqual(['0 typing', '1 anyone'])
    await pass(1 + TYPING_MS)
    expect(stage.done).toEqual(['oi', 'tchau [photo.jpg]'])
    expect(await ended).toBe('done')
    expect(stage.listeners).toBe(0)
  })

  it('hears an answer that came while the message was still being handed over', async () => {
    const stage = new FakeStage()
    stage.say = async () => stage.answer()
    const ended = play(TALK, stage, () => undefined, new AbortController().signal)
    await pass(TYPING_MS + QUIET_MS + TYPING_MS)
    expect(await ended).toBe('done')
  })

  it('gives up when nobody answers, but waits for a person as long as it takes', async () => {
    const one = start(TALK)
    await pass(TYPING_MS + PATIENCE_MS)
    expect(await one.ended).toBe('silent')
    expect(one.stage.listeners).toBe(0)

    const two = start(script({ say: 'oi' }, { hear: 'person' }, { say: 'fechado!' }))
    await pass(TYPING_MS + 100 * PATIENCE_MS)
    expect(two.told.at(-1)).toBe('1 person')
    two.stage.answer()
    await pass(QUIET_MS + TYPING_MS)
    expect(await two.ended).toBe('done')
  })

  it('stops wherever it is, and lets go of everything', async () => {
    for (const ms of [0, TYPING_MS + 10]) {
      const { stage, ended, aborter } = start(TALK)
      await pass(ms)
      aborter.abort()
      await expect(ended).rejects.toThrow()
      await pass(PATIENCE_MS)
      expect(stage.done).not.toContain('tchau [photo.jpg]')
      expect(stage.listeners).toBe(0)
    }
    expect(vi.getTimerCount()).toBe(0)
  })

  it('moves the clock, by a span or to a time of the day', async () => {
    const { stage, ended } = start(
      script({ forwardS: 60 }, { until: [22, 30] }, { pauseMs: 50 }, { until: [11, 59] }),
    )
    await pass(50)
    expect(await ended).toBe('done')
    expect(stage.done).toEqual(['+60', `+${10.5 * 3600}`, `+${24 * 3600 - 60}`])
  })

  it('never moves the clock further than a day for a time of the day', () => {
    const noon = Date.parse('2026-06-11T12:00:00')
    expect(secondsUntil([12, 0], noon)).toBe(24 * 3600)
    expect(secondsUntil([12, 1], noon)).toBe(60)
  })
})

describe('the ready scripts', () => {
  it.each(SCRIPT_NAMES)('%s plays to its end when everybody answers', async (name) => {
    const stage = new FakeStage()
    const ended = play(SCRIPTS[name], stage, () => undefined, new AbortController().signal)
    const answering = setInterval(() => stage.answer(), 5_000)
    await pass(10 * 60_000)
    clearInterval(answering)
    expect(await ended).toBe('done')
    expect(stage.done.length).toBeGreaterThan(0)
  })
})

describe('what runs', () => {
  function running() {
    const stage = new FakeStage()
    return { stage, running: new Running(() => stage) }
  }

  it('shows its progress, and its end', async () => {
    const { stage, running: runs } = running()
    void runs.start('doubt', TALK)
    await pass(TYPING_MS)
    expect(runs.get()).toMatchObject({ name: 'doubt', at: 1, of: 3, waiting: 'anyone' })
    stage.answer()
    await pass(QUIET_MS + TYPING_MS)
    expect(runs.get()).toMatchObject({ at: 3, state: 'done' })
  })

  it('is stopped by a press, and by the next one that is started', async () => {
    const { stage, running: runs } = running()
    void runs.start('doubt', TALK)
    await pass(TYPING_MS)
    runs.stop()
    expect(runs.get()).toMatchObject({ state: 'stopped', at: 1 })
    void runs.start('person', TALK)
    void runs.start('audio', TALK)
    await pass(TYPING_MS)
    expect(runs.get()).toMatchObject({ name: 'audio', state: 'playing' })
    expect(stage.done).toEqual(['oi', 'oi'])
  })

  it('says when a step did not work', async () => {
    const { stage, running: runs } = running()
    stage.failing = true
    void runs.start('doubt', TALK)
    await pass(TYPING_MS)
    expect(runs.get()).toMatchObject({ state: 'failed', at: 0 })
  })
})
