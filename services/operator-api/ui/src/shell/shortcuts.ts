/** Keys press what is on the screen: whatever has the key in `aria-keyshortcuts` is its visible control. */

import { Store } from '../ui/store'

const KEPT = 'single-keys'

/** Single letters can be switched off. */
export const singleKeys = new Store(localStorage.getItem(KEPT) !== 'off')

export function allowSingleKeys(on: boolean): void {
  localStorage.setItem(KEPT, on ? 'on' : 'off')
  singleKeys.set(on)
}

const FIELDS = 'input, textarea, select, [contenteditable], [role="menu"], [role="listbox"]'

function controlOf(key: string): HTMLElement | null {
  const found = document.querySelectorAll<HTMLElement>(`[aria-keyshortcuts~="${CSS.escape(key)}"]`)
  return [...found].find((element) => element.checkVisibility()) ?? null
}

function press(control: HTMLElement): void {
  if (control.matches(FIELDS)) control.focus()
  else control.click()
}

/** F6 goes round the panes. */
function nextPane(back: boolean): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((pane) =>
    pane.checkVisibility(),
  )
  const current = panes.findIndex((pane) => pane.contains(document.activeElement))
  const step = back ? -1 : 1
  const next = panes[(current + step + panes.length) % panes.length]
  const inside = next?.querySelector<HTMLElement>(
    '[aria-current="true"], [tabindex="0"], a, button, textarea',
  )
  inside?.focus()
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return
  if (event.key === 'F6') {
    event.preventDefault()
    nextPane(event.shiftKey)
    return
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length > 1) return
  const target = event.target as Element | null
  const busy = target?.closest(FIELDS) || document.querySelector('dialog[open]')
  if (busy || !singleKeys.get()) return
  const control = controlOf(event.key.toUpperCase())
  if (!control) return
  event.preventDefault()
  press(control)
}

export function listenForKeys(): void {
  document.addEventListener('keydown', pressed)
}
