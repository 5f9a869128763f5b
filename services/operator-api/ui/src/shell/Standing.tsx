/** Pages for when there is no page: coming, broken, or nowhere. */

import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty } from '../ui/Empty'

export function Loading() {
  const { t } = useTranslation()
  return (
    <main className="standing" aria-busy="true">
      <p className="muted">{t('app.loading')}</p>
    </main>
  )
}

export function Trouble() {
  const { t } = useTranslation()
  const router = useRouter()
  const { reset } = useQueryErrorResetBoundary()
  return (
    <main className="standing">
      <Empty
        heading="h1"
        art="broken"
        title={t('standing.trouble')}
        text={t('standing.troubleText')}
      >
        <button
          className="btn"
          type="button"
          onClick={() => {
            reset()
            void router.invalidate()
          }}
        >
          {t('list.again')}
        </button>
      </Empty>
    </main>
  )
}

export function Lost() {
  const { t } = useTranslation()
  return (
    <main className="standing">
      <Empty heading="h1" title={t('standing.lost')} text={t('standing.lostText')}>
        <Link className="btn" to="/">
          {t('standing.home')}
        </Link>
      </Empty>
    </main>
  )
}
