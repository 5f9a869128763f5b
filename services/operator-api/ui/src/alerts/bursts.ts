/** More than three of a kind within ten seconds are told as one. */

import type { AlertKind } from './watching'

export const SINGLY = 3
const WITHIN_MS = 10_000

export class Bursts {
  readonly #times = new Map<AlertKind, readonly number[]>()

  /** Return how many of this kind there were within the last ten seconds, this one too. */
  add(kind: AlertKind, now: number): number {
    const recent = (this.#times.get(kind) ?? []).filter((at) => now - at < WITHIN_MS)
    this.#times.set(kind, [...recent, now])
    return recent.length + 1
  }
}
