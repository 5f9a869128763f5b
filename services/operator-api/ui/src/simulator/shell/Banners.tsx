/** Conditions that last: what is going on, and how it ends. */

import { useQuery } from '@tanstack/react-query'
import { Icon } from '../../ui/Icon'
import { useStore } from '../../ui/store'
import { clock } from '../../ui/times'
import { useBench } from '../bench'
import { calmed, turnedOn } from '../fault/switches'
import { useFaults } from '../fault/useFaults'
import { useTexts } from '../i18n'
import { faultsQuery } from '../queries'

export function ConnectionBanner() {
  const { t, i18n } = useTexts()
  const { live } = useBench()
  const { phase, since, attempt } = useStore(live.connection)
  if (phase === 'economy') {
    return (
      <div className="banner banner--info" role="status">
        <Icon name="hourglass" className="m" />
        <span>{t('connection.economyText')}</span>
      </div>
    )
  }
  if (phase !== 'offline' && !(phase === 'reconnecting' && attempt > 1)) return null
  return (
    <div className="banner banner--wait" role="status">
      <Icon name="wifi-off" />
      <span className="grow">
        <b>{t('connection.lostSince', { time: clock(since ?? Date.now(), i18n.language) })}</b>{' '}
        {t('connection.lostText')}
      </span>
      <button className="btn btn--sm" type="button" onClick={live.wake}>
        <Icon name="refresh" />
        {t('connection.again')}
      </button>
    </div>
  )
}

/** Nobody should wonder why things go wrong that somebody else made go wrong. */
export function FaultBanner() {
  const { t, i18n } = useTexts()
  const { outage } = useBench()
  const { data } = useQuery(faultsQuery)
  const { change } = useFaults()
  const isOut = useStore(outage)
  const names = data ? turnedOn(data).map((name) => t(`fault.${name}`)) : []
  if (isOut) names.push(t('fault.outage'))
  if (names.length === 0) return null
  const list = new Intl.ListFormat(i18n.language, { type: 'unit' }).format(names)
  return (
    <div className="banner banner--wait" role="status">
      <Icon name="alert" />
      <span className="grow">
        <b>{t('fault.active', { count: names.length })}</b> {list}
      </span>
      <button
        className="btn btn--sm"
        type="button"
        onClick={() => {
          if (isOut) outage.turn(false)
          void change(calmed)
        }}
      >
        {t('fault.calm')}
      </button>
    </div>
  )
}
