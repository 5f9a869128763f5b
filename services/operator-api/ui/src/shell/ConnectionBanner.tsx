import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk'
import { inBusiness } from '../ui/clock'
import { Icon } from '../ui/Icon'
import { useStore } from '../ui/store'
import { clock } from '../ui/times'

/** A condition that lasts: since when, what still works, what happens by itself. */
export function ConnectionBanner() {
  const { t, i18n } = useTranslation()
  const { feed, outbox } = useDesk()
  const { phase, since, attempt } = useStore(feed.connection)
  const queued = useStore(outbox).filter((reply) => reply.state !== 'sent').length
  if (phase === 'catchingUp') return <div className="catching" role="presentation" />
  const offline = phase === 'offline'
  if (!offline && !(phase === 'reconnecting' && attempt > 1)) return null
  return (
    <div className="banner banner--wait" role="status">
      <Icon name="wifi-off" />
      <span className="grow">
        <b>
          {offline
            ? t('connection.offlineSince', {
                time: clock(inBusiness(since ?? Date.now()), i18n.language),
              })
            : t('connection.reconnectingText', { attempt })}
        </b>{' '}
        {queued > 0 && t('connection.offlineQueued', { count: queued })}{' '}
        <span className="no-m">{t('connection.offlineText')}</span>
      </span>
      <button className="btn btn--sm" type="button" onClick={feed.wake}>
        <Icon name="refresh" />
        {t('connection.again')}
      </button>
    </div>
  )
}
