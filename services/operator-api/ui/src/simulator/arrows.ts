import type { KeyboardEvent } from 'react'

const STEP: Record<string, (at: number, count: number) => number> = {
  ArrowUp: (at) => at - 1,
  ArrowDown: (at) => at + 1,
  Home: () => 0,
  End: (_, count) => count - 1,
}

/** A long list is one stop of the Tab key: the arrows go from one `data-stop` in it to the next. */
export function onArrows(event: KeyboardEvent<HTMLElement>): void {
  const step = STEP[event.key]
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-stop]')]
  const at = stops.indexOf(event.target as HTMLElement)
  if (!step || at < 0) return
  event.preventDefault()
  stops[step(at, stops.length)]?.focus()
}
