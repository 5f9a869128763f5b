/** Three sounds, made here: a knock for the queue, a tick for a message, a low tone for a failure. */

import { Store } from '../ui/store'

export type Sound = 'knock' | 'tick' | 'low'

interface Note {
  /** Hertz at the start and at the end. */
  from: number
  to: number
  /** Seconds. */
  at: number
  lasts: number
  loud: number
  wave: OscillatorType
}

const thump = (at: number, loud: number): Note => ({
  from: 210,
  to: 90,
  at,
  lasts: 0.16,
  loud,
  wave: 'sine',
})

const SCORE: Record<Sound, readonly Note[]> = {
  knock: [thump(0, 1), thump(0.17, 0.8)],
  tick: [{ from: 1_480, to: 1_320, at: 0, lasts: 0.07, loud: 0.45, wave: 'triangle' }],
  low: [
    { from: 233, to: 233, at: 0, lasts: 0.2, loud: 0.5, wave: 'triangle' },
    { from: 175, to: 165, at: 0.2, lasts: 0.36, loud: 0.55, wave: 'triangle' },
  ],
}

export class Sounds {
  /** Browsers let a page sound only after somebody has pressed something in it. */
  readonly ready = new Store(false)
  #context: AudioContext | null = null

  /** Call it where somebody presses something: elsewhere browsers refuse. */
  readonly unlock = async (): Promise<void> => {
    if (typeof AudioContext === 'undefined') return
    this.#context ??= new AudioContext()
    if (this.#context.state !== 'running') await this.#context.resume()
    this.ready.set(this.#context.state === 'running')
  }

  play(sound: Sound, volume: number): void {
    const context = this.#context
    if (context?.state !== 'running') return
    const out = new GainNode(context, { gain: volume })
    out.connect(context.destination)
    for (const note of SCORE[sound]) strike(context, out, note)
  }
}

/** One note: a short attack, so that it does not click, and a decay. */
function strike(context: AudioContext, out: AudioNode, note: Note): void {
  const start = context.currentTime + 0.02 + note.at
  const end = start + note.lasts
  const gain = new GainNode(context, { gain: 0 })
  gain.gain.setValueAtTime(0.0001, start)
  gain.gain.exponentialRampToValueAtTime(note.loud, start + 0.008)
  gain.gain.exponentialRampToValueAtTime(0.0001, end)
  const tone = new OscillatorNode(context, { type: note.wave, frequency: note.from })
  tone.frequency.setValueAtTime(note.from, start)
  tone.frequency.exponentialRampToValueAtTime(note.to, end)
  tone.connect(gain).connect(out)
  tone.start(start)
  tone.stop(end)
}
