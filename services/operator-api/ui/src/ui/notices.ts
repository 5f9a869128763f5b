import type { Refusal } from '../commands/execute'
import { Store } from './store'

export type Toast = { id: number } & Notice
export type Notice =
  | { kind: 'refused'; reason: Refusal }
  | { kind: 'failed' }
  | { kind: 'closed'; name: string }
  | { kind: 'returned'; name: string }
  | { kind: 'nobodyWaits' }
  | { kind: 'othersFaster' }
  | { kind: 'back' }
  /** `open` leads to the conversation, which need not be the one on the screen. */
  | { kind: 'unsent'; name: string; open: () => void }
  | { kind: 'discarded'; undo: () => void }

const SHOWN_MS = 6_000

/** Results of actions. They go by themselves, but not from under a pointer or the focus. */
export class Notices extends Store<readonly Toast[]> {
  #last = 0
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()

  constructor() {
    super([])
  }

  add(notice: Notice): void {
    this.#last += 1
    const toast = { ...notice, id: this.#last }
    this.set([...this.get().slice(-2), toast])
    this.release(toast.id)
  }

  readonly remove = (id: number): void => {
    this.hold(id)
    this.set(this.get().filter((toast) => toast.id !== id))
  }

  readonly hold = (id: number): void => {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
  }

  readonly release = (id: number): void => {
    this.hold(id)
    this.#timers.set(
      id,
      setTimeout(() => this.remove(id), SHOWN_MS),
    )
  }
}
