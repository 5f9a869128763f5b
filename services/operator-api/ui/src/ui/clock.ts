import { useSyncExternalStore } from 'react'

const STEP_MS = 15_000

/** Every relative time on the screen ticks together. */
function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, STEP_MS)
  return () => clearInterval(timer)
}

/** Now, in milliseconds, rounded down to the last tick. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / STEP_MS) * STEP_MS)
}
