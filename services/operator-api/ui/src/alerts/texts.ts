/** What a notification of the system says. */

import i18next from '../i18n'
import { reasonKey } from '../inbox/reasons'
import { customerName } from '../ui/people'
import { duration } from '../ui/times'
import type { Alert } from './watching'

export interface Manner {
  /** How many at once. */
  count: number
  /** Names and words may be shown: others may see the screen. */
  content: boolean
}

export function saidOf(alert: Alert, { count, content }: Manner): { title: string; body: string } {
  const { t } = i18next
  const { kind, row, waitedMs } = alert
  if (count > 1) return { title: t(`alert.many.${kind}`, { count }), body: '' }
  if (!content) return { title: t(`alert.bare.${kind}`), body: '' }
  const name = customerName(row)
  if (waitedMs !== null) {
    const waited = duration(waitedMs, t)
    return { title: t('alert.waits', { name, duration: waited }), body: row.preview }
  }
  const reason = row.handoff_reason
  const why = kind === 'queue' && reason !== null ? t(`reason.${reasonKey(reason)}`) : ''
  return {
    title: t(`alert.one.${kind}`, { name }),
    body: [why, row.preview].filter(Boolean).join(' · '),
  }
}
