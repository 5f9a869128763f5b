import { useState } from 'react'
import type { Phase } from '../../feed/machine'
import { Brand } from '../../ui/Brand'
import { Icon } from '../../ui/Icon'
import { useStore } from '../../ui/store'
import { useBench } from '../bench'
import { useTexts } from '../i18n'
import { useSetting } from '../queries'
import { Preferences } from './Preferences'

const IS_ON: Record<Phase, boolean> = {
  connecting: false,
  live: true,
  hiccup: true,
  reconnecting: false,
  offline: false,
  catchingUp: false,
  economy: true,
  signedOut: false,
}

export function Rail() {
  const { t } = useTexts()
  const { console: desk } = useSetting()
  const { phase } = useStore(useBench().live.connection)
  const [asked, ask] = useState(false)
  return (
    <nav className="rail" aria-label={t('nav.main')}>
      <a className="rail__brand" href={desk ?? '.'} aria-label={t('nav.home')}>
        <Brand />
      </a>
      {desk !== null && (
        <a className="nav" href={desk}>
          <Icon name="inbox" />
          {t('nav.inbox')}
        </a>
      )}
      <a className="nav" href="." aria-current="page">
        <Icon name="phone" />
        {t('nav.simulator')}
      </a>
      <div className="rail__foot">
        <div className="rail__conn" role="status">
          <b className={IS_ON[phase] ? 'lamp lamp--on' : 'lamp lamp--wait'} />
          <span>{t(`connection.${phase}`)}</span>
        </div>
        <button className="rail__me" type="button" aria-haspopup="dialog" onClick={() => ask(true)}>
          <Icon name="globe" />
          <span>{t('nav.preferences')}</span>
        </button>
      </div>
      {asked && <Preferences onClose={() => ask(false)} />}
    </nav>
  )
}
