/** What a notification of the system says: of words only the customer's, and of those not many. */

import type { Conversation } from '../api'
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
    return { title: t('alert.waits', { name, duration: waited }), body: words(row) }
  }
  const reason = row.handoff_reason
  const why = kind === 'queue' && reason !== null ? t(`reason.${reasonKey(reason)}`) : ''
  return {
    title: t(`alert.one.${kind}`, { name }),
    body: [why, words(row)].filter(Boolean).join(' · '),
  }
}

const MOST = 120

/** The preview is the last message, whoever wrote it: the bot and the team are not quoted. */
function words({ last, preview }: Conversation): string {
  if (last?.author !== 'customer') return ''
  const letters = [...preview.replace(/\s+/g, ' ').trim()]
  return letters.length <= MOST ? letters.join('') : `${letters.slice(0, MOST - 1).join('')}…`
}
