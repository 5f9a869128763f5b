import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { AskBanner } from '../alerts/AskBanner'
import { EndingBanner } from '../session/EndingBanner'
import { ConnectionBanner } from '../shell/ConnectionBanner'
import { ThreadPane } from '../thread/ThreadPane'
import { NoThread } from '../thread/ThreadStates'
import { ListPane } from './ListPane'
import { needing, useCounts } from './queries'
import { viewOf } from './views'

export function InboxPage() {
  const { t } = useTranslation()
  const { vista, id } = useParams({ from: '/signed-in/conversas/{-$vista}/{-$id}' })
  const view = viewOf(vista)
  const counts = useCounts()
  const needed = counts ? needing(counts) : 0
  const title = `${needed > 0 ? `(${needed}) ` : ''}${t('nav.inbox')} · ${t('app.name')}`
  return (
    <main className="desk" data-view={id === undefined ? 'list' : 'thread'}>
      <title>{title}</title>
      <h1 className="vh">{t('list.title')}</h1>
      <div className="banners">
        <EndingBanner />
        <ConnectionBanner />
        <AskBanner />
      </div>
      <ListPane view={view} current={id} />
      {id === undefined ? <NoThread /> : <ThreadPane key={id} id={id} view={view} />}
    </main>
  )
}
