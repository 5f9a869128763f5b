/** The console loses its live feed: told from tab to tab, without the server. */

import { Store } from '../../ui/store'

/** After this the console connects again by itself. */
export const OUTAGE_MS = 60_000

export interface Wire {
  post: (message: { type: 'drop-stream'; on: boolean }) => void
  close: () => void
}

export function wire(): Wire {
  const channel = new BroadcastChannel('handoff-simulator')
  return {
    post: (message) => channel.postMessage(message),
    close: () => channel.close(),
  }
}

export class Outage extends Store<boolean> {
  #timer: ReturnType<typeof setTimeout> | undefined
  #wire: Wire | undefined

  constructor(private readonly connect: () => Wire = wire) {
    super(false)
  }

  readonly turn = (on: boolean): void => {
    clearTimeout(this.#timer)
    this.#wire ??= this.connect()
    this.#wire.post({ type: 'drop-stream', on })
    if (on) this.#timer = setTimeout(() => this.set(false), OUTAGE_MS)
    this.set(on)
  }

  /** The page goes: what it broke is whole again. */
  readonly end = (): void => {
    if (this.get()) this.turn(false)
    clearTimeout(this.#timer)
    this.#wire?.close()
    this.#wire = undefined
  }
}
