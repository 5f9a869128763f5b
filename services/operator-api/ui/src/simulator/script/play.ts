/** Plays a script on the phone: says, waits for answers, moves the clock. Stopped by its signal. */

import type { Sample } from '../phone/talk'
import type { Script, Step } from './scripts'

/** What a script acts on. */
export interface Stage {
  say: (text: string, sample: Sample | null) => Promise<void>
  forward: (seconds: number) => Promise<void>
  /** Simulated. */
  now: () => number
  /** How many messages reached the phone. */
  heard: () => number
  onHeard: (listener: () => void) => () => void
}

export type Waiting = 'typing' | 'anyone' | 'person' | 'clock' | 'pause'
export type Outcome = 'done' | 'silent'

/** The bot thinks, is slowed down, or fails and is asked again. */
export const PATIENCE_MS = 60_000
/** Answers come in parts: it is over when nothing followed for so long. */
export const QUIET_MS = 1_500
export const TYPING_MS = 900

export async function play(
  script: Script,
  stage: Stage,
  tell: (at: number, waiting: Waiting) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  let before = stage.heard()
  for (const [at, step] of script.steps.entries()) {
    signal.throwIfAborted()
    if ('say' in step) {
      tell(at, 'typing')
      await pause(TYPING_MS, signal)
      before = stage.heard()
      await stage.say(step.say, step.sample ?? null)
    } else if ('hear' in step) {
      tell(at, step.hear)
      const came = await hearing(stage, before, step.hear === 'person', signal)
      if (!came) return 'silent'
      before = stage.heard()
    } else {
      await passing(step, at, stage, tell, signal)
    }
  }
  return 'done'
}

async function passing(
  step: Exclude<Step, { say: string } | { hear: string }>,
  at: number,
  stage: Stage,
  tell: (at: number, waiting: Waiting) => void,
  signal: AbortSignal,
): Promise<void> {
  if ('pauseMs' in step) {
    tell(at, 'pause')
    return pause(step.pauseMs, signal)
  }
  tell(at, 'clock')
  const seconds = 'forwardS' in step ? step.forwardS : secondsUntil(step.until, stage.now())
  await stage.forward(seconds)
}

/** From now to the next time that a clock on the wall shows this. */
export function secondsUntil([hour, minute]: readonly [number, number], now: number): number {
  const then = new Date(now)
  then.setHours(hour, minute, 0, 0)
  if (then.getTime() <= now) then.setDate(then.getDate() + 1)
  return Math.ceil((then.getTime() - now) / 1000)
}

/** Resolves when an answer is complete, or (unless `patient`) after too long a silence: false. */
function hearing(
  stage: Stage,
  before: number,
  patient: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = (came: boolean) => {
      stop()
      resolve(came)
    }
    const look = () => {
      if (stage.heard() <= before) return
      clearTimeout(timer)
      timer = setTimeout(() => end(true), QUIET_MS)
    }
    const unhear = stage.onHeard(look)
    const abort = () => {
      stop()
      reject(signal.reason)
    }
    const stop = () => {
      clearTimeout(timer)
      unhear()
      signal.removeEventListener('abort', abort)
    }
    signal.addEventListener('abort', abort)
    if (!patient) timer = setTimeout(() => end(false), PATIENCE_MS)
    look()
  })
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        reject(signal.reason)
      },
      { once: true },
    )
  })
}
