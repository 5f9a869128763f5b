/** Whether the session goes on: we show that somebody is here, and hear when it is about to end. */

import type { ServerEvent } from '../feed/sse'
import { Store } from '../ui/store'

export interface Ending {
  /** By this browser's clock. */
  at: number
  /** Any request prolongs it; else only a new sign-in does. */
  renewable: boolean
}

/** The server announces an end that is nearer than this, and once that it no longer is. */
const SOON_S = 150
/** The server notes a sign of life once a minute; an idle session lasts for thirty. */
const RENEW_EVERY_MS = 5 * 60_000

export class Life {
  readonly ending = new Store<Ending | null>(null)
  #renewedAt: number

  constructor(
    /** Ask the server for anything. */
    private readonly ask: () => Promise<void>,
    private readonly now: () => number = Date.now,
  ) {
    this.#renewedAt = now()
  }

  /** Somebody has moved. Reading and writing ask the server for nothing, and are use all the same. */
  readonly moved = (): void => {
    const isEnding = this.ending.get()?.renewable === true
    if (isEnding || this.now() - this.#renewedAt > RENEW_EVERY_MS) void this.renew()
  }

  readonly renew = async (): Promise<void> => {
    this.#renewedAt = this.now()
    if (this.ending.get()?.renewable) this.ending.set(null)
    await this.ask()
  }

  readonly heard = ({ seconds, renewable }: Told): void => {
    const at = this.now() + seconds * 1_000
    this.ending.set(seconds > SOON_S ? null : { at, renewable })
  }

  /** A new session has begun. */
  begin(): void {
    this.#renewedAt = this.now()
    this.ending.set(null)
  }
}

export interface Told {
  seconds: number
  renewable: boolean
}

export function toldOf(event: ServerEvent): Told | null {
  if (event.name !== 'session') return null
  try {
    const told: unknown = JSON.parse(event.data)
    if (typeof told !== 'object' || told === null || !('seconds' in told)) return null
    const renewable = 'renewable' in told && told.renewable === true
    return { seconds: Number(told.seconds), renewable }
  } catch {
    return null
  }
}
