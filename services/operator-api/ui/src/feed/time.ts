/** What time the business has: the feed says it first, and again when it was moved. */

import type { ServerEvent } from './sse'

const TELLING: readonly string[] = ['hello', 'clock']

/** In milliseconds; none in other events. */
export function timeOf({ name, data }: ServerEvent): number | null {
  if (!TELLING.includes(name)) return null
  try {
    const said: unknown = JSON.parse(data)
    if (typeof said !== 'object' || said === null || !('time' in said)) return null
    const time = Date.parse(String(said.time))
    return Number.isNaN(time) ? null : time
  } catch {
    return null
  }
}
