import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { SoundButton } from '../alerts/SoundButton'
import { call } from '../api'
import { readLinks } from '../client'
import { useDesk } from '../desk'
import type { Phase } from '../feed/machine'
import { needing, useCounts } from '../inbox/queries'
import { keys } from '../keys'
import { Brand } from '../ui/Brand'
import { Icon } from '../ui/Icon'
import { useStore } from '../ui/store'
import { Account } from './Account'

type Lamp = 'on' | 'wait'
const LAMP: Record<Phase, Lamp> = {
  connecting: 'wait',
  live: 'on',
  hiccup: 'on',
  reconnecting: 'wait',
  offline: 'wait',
  catchingUp: 'wait',
  economy: 'on',
  signedOut: 'wait',
}

/** Told only to those who may open it. */
function useSimulator(): string | null {
  const { role } = useDesk().operator
  const { data } = useQuery({
    queryKey: keys.links,
    queryFn: ({ signal }) => call(readLinks({ signal })),
    enabled: role === 'admin',
  })
  return data?.simulator ?? null
}

export function Rail({ onShortcuts }: { onShortcuts: () => void }) {
  const { t } = useTranslation()
  const { phase } = useStore(useDesk().feed.connection)
  const counts = useCounts()
  const waiting = counts ? needing(counts) : 0
  const simulator = useSimulator()
  return (
    <nav className="rail" aria-label={t('nav.main')} data-pane>
      <Link className="rail__brand" to="/conversas/{-$vista}/{-$id}" aria-label={t('app.home')}>
        <Brand />
      </Link>
      <Link
        className="nav"
        to="/conversas/{-$vista}/{-$id}"
        params={{ vista: undefined, id: undefined }}
        activeOptions={{ exact: false }}
        aria-current="page"
      >
        <Icon name="inbox" />
        {t('nav.inbox')}
        {waiting > 0 && (
          <>
            <span className="count count--wait" aria-hidden="true">
              {waiting > 99 ? '99+' : waiting}
            </span>
            <span className="vh">{t('nav.waiting', { count: waiting })}</span>
          </>
        )}
      </Link>
      {simulator && (
        <a className="nav" href={simulator}>
          <Icon name="phone" />
          {t('nav.simulator')}
        </a>
      )}
      <div className="rail__foot">
        <SoundButton />
        <div className="rail__conn" role="status" title={t(`connection.${phase}`)}>
          <b className={`lamp lamp--${LAMP[phase]}`} />
          <span>
            {phase === 'economy' ? t('connection.economyShort') : t(`connection.${phase}`)}
          </span>
        </div>
        <Account onShortcuts={onShortcuts} />
      </div>
    </nav>
  )
}
