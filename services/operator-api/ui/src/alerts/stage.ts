/** The browser as the alerts need it. */

import { businessNow } from '../ui/clock'
import type { Stage } from './alerts'

const HELD_MS = 15_000

/** `open` leads to a conversation in this tab. */
export function browserStage(open: (conversation: string) => void): Stage {
  const shown = new Set<Notification>()
  return {
    isVisible: () => document.visibilityState === 'visible',
    isFocused: () => document.hasFocus(),
    shown: () => /^\/conversas\/[^/]+\/([^/]+)/.exec(location.pathname)?.[1] ?? null,
    now: businessNow,
    once,
    notify: ({ title, body, tag, conversation }) => {
      if (!mayNotify()) return
      try {
        const notification = new Notification(title, { body, tag, icon: '/icon.svg' })
        shown.add(notification)
        notification.onclose = () => shown.delete(notification)
        notification.onclick = () => {
          window.focus()
          notification.close()
          open(conversation)
        }
      } catch {
        // Android's browsers have notifications for service workers only: the sound remains.
      }
    },
    withdraw: () => {
      for (const notification of shown) notification.close()
      shown.clear()
    },
  }
}

export function canAsk(): boolean {
  return typeof Notification !== 'undefined' && Notification.permission === 'default'
}

export function mayNotify(): boolean {
  return typeof Notification !== 'undefined' && Notification.permission === 'granted'
}

/** The lock is kept for a while: a tab that is slower by seconds still finds it taken. */
async function once(key: string, run: () => void): Promise<void> {
  if (!navigator.locks) return run()
  await navigator.locks.request(`handoff-alert/${key}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return
    run()
    await new Promise((resolve) => setTimeout(resolve, HELD_MS))
  })
}
