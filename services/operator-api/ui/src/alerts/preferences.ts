/** What this person wants to hear and see, in this browser. */

import type { Shelf } from '../composer/drafts'
import { Store } from '../ui/store'

export interface Wishes {
  sound: boolean
  /** 0 to 1. */
  volume: number
  /** Notifications of the system, while no tab of the console shows. */
  notify: boolean
  /** Names and words in them. */
  content: boolean
  /** Whether the question was answered; it is put once. */
  asked: boolean
}

const FIRST: Wishes = { sound: true, volume: 0.6, notify: false, content: true, asked: false }

export class Preferences extends Store<Wishes> {
  readonly #key: string

  constructor(
    person: string,
    private readonly shelf: Pick<Shelf, 'getItem' | 'setItem'>,
  ) {
    const key = `alerts:${person}`
    super(kept(shelf.getItem(key)))
    this.#key = key
  }

  change(wishes: Partial<Wishes>): void {
    this.set({ ...this.get(), ...wishes })
    try {
      this.shelf.setItem(this.#key, JSON.stringify(this.get()))
    } catch {
      // Nothing can be kept here: then it holds for this tab.
    }
  }

  /** Another tab changed them. */
  heard(key: string | null): void {
    if (key === this.#key) this.set(kept(this.shelf.getItem(key)))
  }
}

function kept(text: string | null): Wishes {
  try {
    const found: unknown = JSON.parse(text ?? '{}')
    return { ...FIRST, ...(found as Partial<Wishes>) }
  } catch {
    return FIRST
  }
}
