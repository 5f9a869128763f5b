import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk'
import { AlertsDialog } from '../later'
import { Icon, type IconName } from '../ui/Icon'
import { useStore } from '../ui/store'

type State = 'on' | 'off' | 'blocked'
const ICON: Record<State, IconName> = { on: 'sound', off: 'sound-off', blocked: 'sound-off' }

/** Whether alerts can be heard, always in sight; a press leads to all about them. */
export function SoundButton() {
  const { t } = useTranslation()
  const { preferences, sounds } = useDesk().alerts
  const wanted = useStore(preferences).sound
  const ready = useStore(sounds.ready)
  const [shown, show] = useState(false)
  const state: State = !wanted ? 'off' : ready ? 'on' : 'blocked'
  return (
    <>
      <button
        className={`rail__sound rail__sound--${state}`}
        type="button"
        aria-haspopup="dialog"
        title={state === 'blocked' ? t('alerts.blockedText') : t('alerts.title')}
        onClick={() => show(true)}
      >
        <Icon name={ICON[state]} />
        <span>{t(`alerts.${state}`)}</span>
      </button>
      {shown && (
        <Suspense>
          <AlertsDialog onClose={() => show(false)} />
        </Suspense>
      )}
    </>
  )
}
