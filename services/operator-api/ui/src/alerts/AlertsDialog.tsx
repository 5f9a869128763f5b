import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk'
import { Dialog } from '../ui/Dialog'
import { Icon } from '../ui/Icon'
import { Switch } from '../ui/Switch'
import { useStore } from '../ui/store'
import type { Sound } from './sounds'
import { mayNotify } from './stage'

const EVENTS: readonly Sound[] = ['knock', 'tick', 'low']

/** What is heard and seen, and how it sounds. */
export default function AlertsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { alerts } = useDesk()
  const wishes = useStore(alerts.preferences)
  const volume = useId()
  const change = alerts.preferences.change.bind(alerts.preferences)
  return (
    <Dialog title={t('alerts.title')} onClose={onClose}>
      <Switch
        on={wishes.sound}
        onChange={(sound) => {
          change({ sound })
          if (sound) void alerts.try('tick')
        }}
      >
        {t('alerts.sound')}
      </Switch>
      <div className="volume">
        <label htmlFor={volume}>{t('alerts.volume')}</label>
        <input
          id={volume}
          type="range"
          min={0.1}
          max={1}
          step={0.1}
          value={wishes.volume}
          onChange={(event) => change({ volume: Number(event.target.value) })}
          onPointerUp={() => void alerts.try('knock')}
        />
      </div>
      <ul className="tests">
        {EVENTS.map((sound) => (
          <li key={sound}>
            <span className="grow">{t(`alerts.events.${sound}`)}</span>
            <button className="btn btn--sm" type="button" onClick={() => void alerts.try(sound)}>
              <Icon name="play" />
              {t('alerts.listen')}
              <span className="vh">: {t(`alerts.events.${sound}`)}</span>
            </button>
          </li>
        ))}
      </ul>
      <Notify />
      <footer>
        <button className="btn" type="button" onClick={onClose}>
          {t('dialog.shut')}
        </button>
      </footer>
    </Dialog>
  )
}

/** The browser has a word in this: where it refuses, that is said. */
function Notify() {
  const { t } = useTranslation()
  const { preferences } = useDesk().alerts
  const { notify, content } = useStore(preferences)
  const [refused, refuse] = useState<'denied' | 'unsupported' | null>(null)
  const on = notify && mayNotify()
  const change = async (wanted: boolean) => {
    if (!wanted) return preferences.change({ notify: false })
    if (typeof Notification === 'undefined') return refuse('unsupported')
    const granted = (await Notification.requestPermission()) === 'granted'
    refuse(granted ? null : 'denied')
    preferences.change({ notify: granted, asked: true })
  }
  return (
    <div className="notify">
      <Switch on={on} onChange={(wanted) => void change(wanted)}>
        {t('alerts.notify')}
      </Switch>
      {refused && (
        <p className="hint" role="alert">
          {t(`alerts.${refused}`)}
        </p>
      )}
      {on && (
        <Switch on={content} onChange={(shown) => preferences.change({ content: shown })}>
          {t('alerts.content')}
        </Switch>
      )}
    </div>
  )
}
