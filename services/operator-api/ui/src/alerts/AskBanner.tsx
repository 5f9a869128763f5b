import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk'
import { Icon } from '../ui/Icon'
import { useStore } from '../ui/store'
import { canAsk } from './stage'

/** Asked once, after the first claim: then it is clear what for. */
export function AskBanner() {
  const { t } = useTranslation()
  const { alerts } = useDesk()
  const { asked } = useStore(alerts.preferences)
  const isInContext = useStore(alerts.isInContext)
  if (asked || !isInContext || !canAsk()) return null
  const turnOn = async () => {
    void alerts.try('knock')
    const granted = (await Notification.requestPermission()) === 'granted'
    alerts.preferences.change({ asked: true, notify: granted, sound: true })
  }
  return (
    <div className="banner banner--info" role="status">
      <Icon name="bell" />
      <span className="grow">
        <b>{t('alerts.ask')}</b> {t('alerts.askText')}
      </span>
      <span className="banner__b">
        <button className="btn btn--sm btn--pri" type="button" onClick={() => void turnOn()}>
          {t('alerts.turnOn')}
        </button>
        <button
          className="btn btn--sm btn--quiet"
          type="button"
          onClick={() => alerts.preferences.change({ asked: true })}
        >
          {t('alerts.notNow')}
        </button>
      </span>
    </div>
  )
}
