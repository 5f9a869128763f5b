import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, useSyncExternalStore } from 'react'
import { useStore } from '../../ui/store'
import { isSignedOut } from '../api'
import { Bench, BenchContext, useBench } from '../bench'
import { useTexts } from '../i18n'
import { PhonePane } from '../phone/PhonePane'
import { settingQuery } from '../queries'
import { SidePane } from '../side/SidePane'
import { TracePane } from '../trace/TracePane'
import { ConnectionBanner, FaultBanner } from './Banners'
import { Header } from './Header'
import { Rail } from './Rail'
import { Loading, SignedOut, Unreachable } from './States'

export function SimulatorPage() {
  const { data, error, failureReason, refetch } = useQuery({
    ...settingQuery,
    // Whoever was sent away to sign in comes back by looking at this page again.
    refetchOnWindowFocus: ({ state }) => (isSignedOut(state.error) ? 'always' : false),
  })
  const again = () => void refetch()
  if (data) return <AtBench />
  if (isSignedOut(error)) return <SignedOut signIn={error.signIn} onAgain={again} />
  if (failureReason) return <Unreachable onAgain={again} />
  return <Loading />
}

function AtBench() {
  const cache = useQueryClient()
  const [bench] = useState(() => new Bench(cache))
  // Runs while it is subscribed to, and only then.
  useSyncExternalStore(bench.start, bench.get)
  return (
    <BenchContext value={bench}>
      <Frame />
    </BenchContext>
  )
}

function Frame() {
  const { t } = useTexts()
  const bench = useBench()
  const { phase } = useStore(bench.live.connection)
  const { data, error } = useQuery(settingQuery)
  if (phase === 'signedOut') {
    const signIn = isSignedOut(error) ? error.signIn : (data?.console ?? null)
    return (
      <SignedOut signIn={signIn} onAgain={() => void bench.comeBack().catch(() => undefined)} />
    )
  }
  return (
    <>
      <a className="skip" href="#telefone">
        {t('nav.skipPhone')}
      </a>
      <a className="skip" href="#trilha">
        {t('nav.skipTrace')}
      </a>
      <div className="app">
        <Rail />
        <main className="sim">
          <div className="sim__top">
            <Header />
            <ConnectionBanner />
            <FaultBanner />
          </div>
          <SidePane />
          <PhonePane />
          <TracePane />
        </main>
      </div>
    </>
  )
}
