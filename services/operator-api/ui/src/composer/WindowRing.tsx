import { Trans, useTranslation } from 'react-i18next'
import type { Thread } from '../api'
import { useNow } from '../ui/clock'
import { Icon } from '../ui/Icon'
import { clock, DAY_MS, duration, moment } from '../ui/times'
import { leftMs } from './standing'

const LOW_MS = 2 * 60 * 60_000
const ROUND = 47.1

/** How long WhatsApp still takes free text: a ring and words. */
export function WindowRing({ thread }: { thread: Thread }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const left = leftMs(thread, now)
  if (thread.window_open_until === null) {
    return <span className="win win--shut">{t('window.never')}</span>
  }
  if (left <= 0) {
    const at = Date.parse(thread.window_open_until)
    const [day, time] = [moment(at, now, i18n.language), clock(at, i18n.language)]
    const when = day === time ? time : t('window.when', { day, time })
    return (
      <span className="win win--shut">
        <Icon name="lock" className="m" />
        <span>
          <Trans i18nKey="window.shut" values={{ when }} components={{ b: <b /> }} />
        </span>
      </span>
    )
  }
  const low = left <= LOW_MS
  return (
    <span className={low ? 'win win--low' : 'win'}>
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <circle cx="10" cy="10" r="7.5" fill="none" stroke="var(--line-2)" strokeWidth="3" />
        <circle
          cx="10"
          cy="10"
          r="7.5"
          fill="none"
          stroke={low ? 'var(--wait)' : 'var(--human)'}
          strokeWidth="3"
          strokeDasharray={`${(left / DAY_MS) * ROUND} ${ROUND}`}
          transform="rotate(-90 10 10)"
        />
      </svg>
      <span>
        <Trans
          i18nKey={low ? 'window.low' : 'window.open'}
          values={{ left: duration(left, t) }}
          components={{ b: <b /> }}
        />
      </span>
    </span>
  )
}
