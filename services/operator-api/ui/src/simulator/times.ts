/** Moments and durations of the trace, by `Intl`. */

const formats = new Map<string, Intl.NumberFormat>()
const stamps = new Map<string, Intl.DateTimeFormat>()

/** The whole moment. Made once per language: hundreds of rows have one. */
export function stamp(at: string, locale: string): string {
  const options = { dateStyle: 'short', timeStyle: 'medium' } as const
  const format = stamps.get(locale) ?? new Intl.DateTimeFormat(locale, options)
  stamps.set(locale, format)
  return format.format(new Date(at))
}

function number(value: number, locale: string, digits: number): string {
  const key = `${locale}/${digits}`
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  const format = formats.get(key) ?? new Intl.NumberFormat(locale, options)
  formats.set(key, format)
  return format.format(value)
}

const HOUR_MS = 3_600_000

/** "+1,902": seconds; from an hour on "+24:00:03". */
export function elapsed(ms: number, locale: string): string {
  if (ms < HOUR_MS) return `+${number(ms / 1000, locale, 3)}`
  const pair = (value: number) => String(Math.floor(value) % 60).padStart(2, '0')
  return `+${Math.floor(ms / HOUR_MS)}:${pair(ms / 60_000)}:${pair(ms / 1000)}`
}

/** "12 ms", "1,82 s"; nothing where it was not measured. */
export function took(ms: number | null, locale: string): string {
  if (ms === null) return ''
  return ms < 1000 ? `${number(Math.round(ms), locale, 0)} ms` : `${number(ms / 1000, locale, 2)} s`
}

/** "qui., 14:06". */
export function weekdayClock(at: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at)
}
