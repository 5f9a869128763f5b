import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '../api'
import { Empty } from '../ui/Empty'
import { Icon } from '../ui/Icon'
import { RowSkeleton } from './Row'
import { SLUG, type View } from './views'

/** The same height as what comes; it appears only when waiting becomes noticeable (by style). */
export function ListLoading() {
  const { t } = useTranslation()
  return (
    <div className="rows rows--loading" aria-busy="true">
      <span className="vh">{t('app.loading')}</span>
      {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
        <RowSkeleton key={key} />
      ))}
    </div>
  )
}

const ELSEWHERE: Record<View, View> = {
  waiting: 'bot',
  mine: 'waiting',
  bot: 'all',
  all: 'waiting',
  closed: 'mine',
}

export function ListEmpty({ view }: { view: View }) {
  const { t } = useTranslation()
  return (
    <div className="rows">
      <Empty title={t(`empty.${view}.title`)} text={t(`empty.${view}.text`)}>
        <Link
          className="btn"
          to="/conversas/{-$vista}/{-$id}"
          params={(params) => ({ ...params, vista: SLUG[ELSEWHERE[view]] })}
        >
          {t(`empty.${view}.action`)}
        </Link>
      </Empty>
    </div>
  )
}

export function ListFailed({ error, onAgain }: { error: Error | null; onAgain: () => void }) {
  const { t } = useTranslation()
  const code = error instanceof ProblemError ? String(error.status) : 'net'
  return (
    <div className="rows" role="alert">
      <Empty art="broken" title={t('list.failedTitle')} text={t('list.failedText')}>
        <button className="btn" type="button" onClick={onAgain}>
          <Icon name="refresh" />
          {t('list.again')}
        </button>
        <p className="hint">{t('list.code', { code })}</p>
      </Empty>
    </div>
  )
}
