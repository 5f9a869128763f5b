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

/** Where one goes on in a pane: what is open, what is to be written, what is read, or the first control. */
const ENTRIES = [
  '[data-row][aria-current], .nav[aria-current]',
  'textarea',
  '[tabindex="0"]',
  'a, button',
]

/** F6 goes round the panes, in the order in which they stand. */
function nextPane(back: boolean): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter(isShown)
  const at = panes.findIndex((pane) => pane.contains(document.activeElement))
  const next = at < 0 && back ? panes.at(-1) : panes.at((at + (back ? -1 : 1)) % panes.length)
  const found = ENTRIES.flatMap((entry) => [...(next?.querySelectorAll<HTMLElement>(entry) ?? [])])
  found.find(isShown)?.focus()
}

function isShown(element: HTMLElement): boolean {
  return element.checkVisibility({ visibilityProperty: true })
}

/** Walk from message to message, from the last one upwards. */
function walkMessages(back: boolean): boolean {
  const messages = [...document.querySelectorAll<HTMLElement>('[data-seq]')]
  const at = messages.findIndex((message) => message.contains(document.activeElement))
  const next = at < 0 ? messages.at(-1) : messages[at + (back ? -1 : 1)]
  next?.focus()
  return next !== undefined
}

/** Where a letter means something here, it is done; elsewhere it stays the browser's. */
function act(key: string): boolean {
  const row = document.activeElement?.closest<HTMLElement>('[data-row]')
  const control = key === 'O' && row ? row : controlOf(key)
  if (control) press(control)
  return control !== null
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return
  if (event.key === 'F6') {
    event.preventDefault()
    if (!document.querySelector('dialog[open]')) nextPane(event.shiftKey)
    return
  }
  if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    if (walkMessages(event.key === 'ArrowUp')) event.preventDefault()
    return
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length > 1) return
  const target = event.target as Element | null
  const busy = target?.closest(FIELDS) || document.querySelector('dialog[open]')
  if (busy || !singleKeys.get()) return
  if (act(event.key.toUpperCase())) event.preventDefault()
}

export function listenForKeys(): void {
  document.addEventListener('keydown', pressed)
}
