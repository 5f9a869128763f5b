/** Pages for when there is no page: coming, away, or not for everybody. */

import type { ReactNode } from 'react'
import { Empty } from '../../ui/Empty'
import { useTexts } from '../i18n'

export function Loading() {
  const { t } = useTexts()
  return (
    <main className="standing" aria-busy="true">
      <h1 className="vh">{t('head.title')}</h1>
      <p className="muted">{t('state.loading')}</p>
    </main>
  )
}

/** It goes on trying by itself; the button only shortens the wait. */
export function Unreachable({ onAgain }: { onAgain: () => void }) {
  const { t } = useTexts()
  return (
    <Standing title={t('state.unreachable')} text={t('state.unreachableText')}>
      <button className="btn" type="button" onClick={onAgain}>
        {t('state.again')}
      </button>
    </Standing>
  )
}

export function SignedOut({ signIn, onAgain }: { signIn: string | null; onAgain: () => void }) {
  const { t } = useTexts()
  return (
    <Standing title={t('state.signedOut')} text={t('state.signedOutText')} art="calm">
      <div className="standing__acts">
        {signIn !== null && (
          <a className="btn btn--pri" href={signIn}>
            {t('state.signIn')}
          </a>
        )}
        <button className="btn" type="button" onClick={onAgain}>
          {t('state.again')}
        </button>
      </div>
    </Standing>
  )
}

interface Props {
  title: string
  text: string
  art?: 'calm' | 'broken'
  children: ReactNode
}

function Standing({ title, text, art = 'broken', children }: Props) {
  return (
    <main className="standing">
      <div role="status">
        <Empty title={title} text={text} art={art} heading="h1">
          {children}
        </Empty>
      </div>
    </main>
  )
}
