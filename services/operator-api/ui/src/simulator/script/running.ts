import { Store } from '../../ui/store'
import { play, type Stage, type Waiting } from './play'
import type { Script, ScriptName } from './scripts'

export type Chosen = ScriptName | 'shared'

/** The script that runs, or that ran last. */
export interface Run {
  name: Chosen
  /** The step that is being played, from 0. */
  at: number
  of: number
  waiting: Waiting
  state: 'playing' | 'done' | 'stopped' | 'silent' | 'failed'
}

export class Running extends Store<Run | null> {
  #aborter = new AbortController()

  constructor(
    /** A phone that is still blank, for a customer of this name. */
    private readonly stage: (customer: string) => Stage,
  ) {
    super(null)
  }

  /** Play it from its beginning; whatever was being played ends. */
  async start(name: Chosen, script: Script): Promise<void> {
    this.stop()
    // First: another customer ends what is played.
    const stage = this.stage(script.name)
    const aborter = new AbortController()
    this.#aborter = aborter
    const run: Run = { name, at: 0, of: script.steps.length, waiting: 'typing', state: 'playing' }
    this.set(run)
    const tell = (at: number, waiting: Waiting) => this.#show(aborter, { at, waiting })
    try {
      const state = await play(script, stage, tell, aborter.signal)
      this.#show(aborter, state === 'done' ? { at: run.of, state } : { state })
    } catch {
      // Stopped by a person, or the message could not be sent: the phone shows it and offers it again.
      this.#show(aborter, { state: 'failed' })
    }
  }

  readonly stop = (): void => {
    this.#aborter.abort()
    const run = this.get()
    if (run?.state === 'playing') this.set({ ...run, state: 'stopped' })
  }

  readonly dismiss = (): void => {
    this.stop()
    this.set(null)
  }

  /** Nothing of what was stopped shows any more. */
  #show(aborter: AbortController, part: Partial<Run>): void {
    const run = this.get()
    if (run && !aborter.signal.aborted) this.set({ ...run, ...part })
  }
}
