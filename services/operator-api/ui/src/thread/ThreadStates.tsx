import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '../api'
import { Empty } from '../ui/Empty'
import { Icon } from '../ui/Icon'

export function NoThread() {
  const { t } = useTranslation()
  return (
    <section
      className="thread thread--none"
      id="conversa"
      aria-label={t('thread.pick')}
      tabIndex={-1}
    >
      <Empty title={t('thread.pick')} text={t('thread.pickText')} />
    </section>
  )
}

export function ThreadFailed({ error, onAgain }: { error: Error; onAgain: () => void }) {
  const { t } = useTranslation()
  const status = error instanceof ProblemError ? error.status : 0
  const unknown = status === 404 || status === 422
  return (
    <div className="log log--state" role="alert">
      {unknown ? (
        <Empty heading="h2" title={t('thread.unknown')} text={t('thread.unknownText')}>
          <Link
            className="btn only-m"
            to="/conversas/{-$vista}/{-$id}"
            params={(params) => ({ ...params, id: undefined })}
          >
            {t('thread.back')}
          </Link>
        </Empty>
      ) : (
        <Empty heading="h2" art="broken" title={t('thread.failed')} text={t('thread.failedText')}>
          <button className="btn" type="button" onClick={onAgain}>
            <Icon name="refresh" />
            {t('list.again')}
          </button>
        </Empty>
      )}
    </div>
  )
}

export function ThreadLoading() {
  const { t } = useTranslation()
  return (
    <div className="log log--state log--loading" aria-busy="true">
      <span className="vh">{t('thread.loading')}</span>
      <div className="msg msg--in">
        <span className="skel skel--bub" />
      </div>
      <div className="msg msg--out">
        <span className="skel skel--bub skel--big" />
      </div>
      <div className="msg msg--in">
        <span className="skel skel--bub" />
      </div>
    </div>
  )
}
