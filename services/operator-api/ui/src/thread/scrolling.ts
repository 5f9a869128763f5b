import { useState } from 'react'

const NEAR_PX = 80

/**
 * How the log is read. Its style starts it at the end and keeps it there (`column-reverse`: the end is
 * scroll position 0), so all that is left to know is whether somebody reads further up.
 */
export function useReading(lastSeq: number) {
  /** The last message when the reader left the end; none at the end. */
  const [leftAt, leave] = useState<number | null>(null)
  const onScroll = (event: React.UIEvent<HTMLElement>) => {
    const away = event.currentTarget.scrollTop < -NEAR_PX
    if (away && leftAt === null) leave(lastSeq)
    if (!away && leftAt !== null) leave(null)
  }
  return { leftAt, onScroll }
}

/** Tells when an element comes into view and when it goes. A ref: it ends with the element. */
export function seen(tell: (visible: boolean) => void) {
  return (element: Element | null) => {
    if (!element) return
    const observer = new IntersectionObserver(([entry]) => entry && tell(entry.isIntersecting))
    observer.observe(element)
    return () => observer.disconnect()
  }
}
