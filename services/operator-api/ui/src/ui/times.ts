/** Moments and durations in words, by `Intl` and never by concatenation. */

import type { TFunction } from 'i18next'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

const formats = new Map<string, Intl.DateTimeFormat>()

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, options)
  formats.set(key, made)
  return made
}

/** The hour and minute, in 24 hours. */
export function clock(at: number, locale: string): string {
  return format(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
}

/** A number that is equal for two moments of the same local day. */
export function dayOf(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS
}

/** "Hoje, quinta-feira", "Ontem, …", or the date. */
export function dayName(at: number, now: number, locale: string): string {
  const distance = dayOf(at) - dayOf(now)
  if (distance === 0 || distance === -1) {
    const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(
      distance,
      'day',
    )
    const weekday = format(locale, { weekday: 'long' }).format(at)
    return `${relative.charAt(0).toLocaleUpperCase(locale)}${relative.slice(1)}, ${weekday}`
  }
  const named = format(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
  return named.format(at)
}

/** The time of a row: the hour today, "ontem" yesterday, the date before. */
export function moment(at: number, now: number, locale: string): string {
  const distance = dayOf(at) - dayOf(now)
  if (distance >= 0) return clock(at, locale)
  if (distance === -1) {
    return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-1, 'day')
  }
  return format(locale, { day: 'numeric', month: 'short' }).format(at)
}

/** "2 min", "1 h 5 min": how long something lasted. */
export function duration(ms: number, t: TFunction): string {
  const minutes = Math.floor(Math.max(ms, 0) / MINUTE_MS)
  if (minutes < 1) return t('time.under')
  if (minutes < 60) return t('time.minutes', { minutes })
  if (minutes < 24 * 60) {
    return t('time.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
  }
  return t('time.days', { count: Math.floor(minutes / (24 * 60)) })
}

/** How long something has lasted until now; in its first minute that is "agora". */
export function since(ms: number, t: TFunction): string {
  return ms < MINUTE_MS ? t('time.now') : duration(ms, t)
}
