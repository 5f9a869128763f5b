/** One stream per browser: one tab leads and holds it, the others hear from it. */

import type { Told } from '../session/life'

export type Wire<S, E> =
  | { kind: 'state'; state: S }
  | { kind: 'event'; event: E }
  | { kind: 'resumed'; first: boolean }
  /** No stream comes through: each tab asks what has changed. */
  | { kind: 'pull' }
  /** How far the business is ahead of this browser, in milliseconds. */
  | { kind: 'ahead'; ms: number }
  /** The session ends soon, or no longer does. */
  | { kind: 'ending'; told: Told }
  /** Somebody has signed in again: the cookie is every tab's. */
  | { kind: 'signedIn' }
  /** This person has left, in every tab. */
  | { kind: 'left' }
  /** A tab that just opened, for this person, wants to know the state. */
  | { kind: 'ask'; operator: string }

export interface Channel<S, E> {
  post: (message: Wire<S, E>) => void
  listen: (hear: (message: Wire<S, E>) => void) => void
  close: () => void
}

/** Wait for the lead, then keep it until aborted. Without Web Locks every tab leads itself. */
export async function lead(
  name: string,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks
  if (!locks) return work(signal)
  try {
    await locks.request(name, { signal }, () => work(signal))
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

export function broadcast<S, E>(name: string): Channel<S, E> {
  const channel = new BroadcastChannel(name)
  let isOpen = true
  return {
    // What the last state says after the end concerns nobody.
    post: (message) => isOpen && channel.postMessage(message),
    listen: (hear) => {
      channel.onmessage = (event: MessageEvent<Wire<S, E>>) => hear(event.data)
    },
    close: () => {
      isOpen = false
      channel.close()
    },
  }
}
