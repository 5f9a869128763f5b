import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Outlet, useRouteContext, useRouter } from '@tanstack/react-router'
import { Suspense, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Desk, DeskContext, type Operator, useDesk } from '../desk'
import { AgainDialog, ShortcutsDialog } from '../later'
import { forget, session } from '../session/queries'
import { useStore } from '../ui/store'
import { ToastRegion } from '../ui/ToastRegion'
import { Rail } from './Rail'
import { Loading } from './Standing'

/** The frame of every page for whoever is signed in. */
export function Shell() {
  const { operator } = useRouteContext({ from: '/signed-in' })
  const { data } = useQuery({ ...session, enabled: false })
  // Whoever left is off the screen at once, before the next page has come.
  if (data?.operator.id !== operator.id) return <Loading />
  return <AtDesk key={operator.id} operator={operator} />
}

function AtDesk({ operator }: { operator: Operator }) {
  const cache = useQueryClient()
  const router = useRouter()
  const [desk] = useState(() => {
    const open = (id: string) =>
      router.navigate({ to: '/conversas/{-$vista}/{-$id}', params: { vista: 'todas', id } })
    const close = (here: boolean) => {
      forget(cache, here ? null : undefined)
      void (here ? router.navigate({ to: '/entrar' }) : router.invalidate())
    }
    return new Desk(operator, cache, (id) => void open(id), close)
  })
  // Runs while it is subscribed to, and only then.
  useSyncExternalStore(desk.start, desk.get)
  return (
    <DeskContext value={desk}>
      <Frame />
    </DeskContext>
  )
}

function Frame() {
  const { t } = useTranslation()
  const [keysShown, showKeys] = useState(false)
  const { phase } = useStore(useDesk().feed.connection)
  return (
    <>
      <a className="skip" href="#conversa">
        {t('nav.skip')}
      </a>
      <div className="app">
        <Rail onShortcuts={() => showKeys(true)} />
        <Outlet />
      </div>
      {/* What the key `?` presses; its visible control is in the account menu. */}
      <button
        className="vh"
        type="button"
        tabIndex={-1}
        aria-keyshortcuts="?"
        onClick={() => showKeys(true)}
      >
        {t('account.shortcuts')}
      </button>
      <ToastRegion />
      <Suspense>
        {keysShown && <ShortcutsDialog onClose={() => showKeys(false)} />}
        {phase === 'signedOut' && <AgainDialog />}
      </Suspense>
    </>
  )
}
