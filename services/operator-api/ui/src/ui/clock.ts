/** Two clocks: the business's, by which everybody waits and windows close, and this browser's. */

import { useSyncExternalStore } from 'react'
import { Store } from './store'

const STEP_MS = 15_000

/** How far the business is ahead of this browser, in milliseconds; the server says it. */
export const ahead = new Store(0)

export function businessNow(): number {
  return inBusiness(Date.now())
}

/** What the business called a moment of this browser. */
export function inBusiness(at: number): number {
  return at + ahead.get()
}

/** Every relative time on the screen ticks together. */
function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, STEP_MS)
  const unfollow = ahead.subscribe(listener)
  return () => {
    clearInterval(timer)
    unfollow()
  }
}

const rounded = (at: number) => Math.floor(at / STEP_MS) * STEP_MS

/** The business's now, in milliseconds, rounded down to the last tick. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => rounded(businessNow()))
}

/** This browser's now, for what began here. */
export function useBrowserNow(): number {
  return useSyncExternalStore(subscribe, () => rounded(Date.now()))
}
