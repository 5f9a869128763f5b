/**
 * What the first screen does without. Each comes when it is asked for, and all of them once the page
 * has nothing else to do: without a network, or after an update of the server, they could not come.
 */

import { lazy } from 'react'

const parts = {
  menu: () => import('./shell/AccountMenu'),
  shortcuts: () => import('./shell/ShortcutsDialog'),
  alerts: () => import('./alerts/AlertsDialog'),
  close: () => import('./commands/CloseDialog'),
  giveBack: () => import('./commands/ReturnDialog'),
  again: () => import('./session/AgainDialog'),
}

export const AccountMenu = lazy(parts.menu)
export const ShortcutsDialog = lazy(parts.shortcuts)
export const AlertsDialog = lazy(parts.alerts)
export const CloseDialog = lazy(parts.close)
export const ReturnDialog = lazy(parts.giveBack)
export const AgainDialog = lazy(parts.again)

const IDLE_MS = 5_000

export function fetchTheRest(): void {
  const fetchAll = () => void Promise.allSettled(Object.values(parts).map((part) => part()))
  if ('requestIdleCallback' in window) requestIdleCallback(fetchAll, { timeout: IDLE_MS })
  else setTimeout(fetchAll, IDLE_MS)
}
