import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk'
import { AgainDialog } from '../later'
import { useBrowserNow } from '../ui/clock'
import { Icon } from '../ui/Icon'
import { useStore } from '../ui/store'
import { duration } from '../ui/times'

/** The session ends in about two minutes: one press, or the password, and it goes on. */
export function EndingBanner() {
  const { t } = useTranslation()
  const { life } = useDesk()
  const ending = useStore(life.ending)
  const now = useBrowserNow()
  const [asked, ask] = useState(false)
  if (!ending) return null
  const left = duration(ending.at - now, t)
  return (
    <div className="banner banner--wait" role="alert">
      <Icon name="hourglass" />
      <span className="grow">
        <b>{t(ending.renewable ? 'ending.idle' : 'ending.over', { left })}</b> {t('ending.kept')}
      </span>
      <button
        className="btn btn--sm"
        type="button"
        onClick={() => (ending.renewable ? void life.renew() : ask(true))}
      >
        {t(ending.renewable ? 'ending.stay' : 'ending.again')}
      </button>
      <Suspense>{asked && <AgainDialog onClose={() => ask(false)} />}</Suspense>
    </div>
  )
}
