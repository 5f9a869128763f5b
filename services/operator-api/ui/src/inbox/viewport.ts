import { useState } from 'react'
import type { Sizes } from './windowing'

export interface Viewport {
  top: number
  height: number
  sizes: Sizes
}

const START: Viewport = { top: 0, height: 900, sizes: { row: 80, head: 32 } }

/**
 * What a scrolling box shows, in pixels. Heights are in rem in the style sheet, so they are measured
 * on two invisible probes: text size, zoom and touch change them.
 */
export function useViewport() {
  const [viewport, set] = useState(START)
  const [attach] = useState(() => (box: HTMLElement | null) => {
    if (!box) return
    const measure = () =>
      set((before) => {
        const row = height(box, '[data-probe="row"]') || START.sizes.row
        const head = height(box, '[data-probe="head"]') || START.sizes.head
        const next = {
          top: box.scrollTop,
          height: box.clientHeight || START.height,
          sizes: { row, head },
        }
        return same(before, next) ? before : next
      })
    const observer = new ResizeObserver(measure)
    observer.observe(box)
    for (const probe of box.querySelectorAll('[data-probe]')) observer.observe(probe)
    box.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      box.removeEventListener('scroll', measure)
    }
  })
  return [viewport, attach] as const
}

function height(box: HTMLElement, probe: string): number {
  return box.querySelector(probe)?.getBoundingClientRect().height ?? 0
}

function same(a: Viewport, b: Viewport): boolean {
  return (
    a.top === b.top &&
    a.height === b.height &&
    a.sizes.row === b.sizes.row &&
    a.sizes.head === b.sizes.head
  )
}
