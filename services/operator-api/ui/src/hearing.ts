/** What happens in the browser, and whom at the desk it concerns. */

import type { Query } from '@tanstack/react-query'
import { count } from './alerts/favicon'
import type { Conversation, Counts } from './api'
import type { Desk } from './desk'
import type { Pages } from './inbox/placing'
import { needing } from './inbox/queries'
import { keys } from './keys'
import type { Held } from './thread/merging'

const TICK_MS = 5_000

/** Returns how to stop. */
export function hearBrowser(desk: Desk): () => void {
  const aborter = new AbortController()
  const { signal } = aborter
  const hear = (name: string, run: (event: Event) => void, on: EventTarget = window) =>
    on.addEventListener(name, run, { signal, passive: name !== 'beforeunload', capture: true })
  const { alerts, drafts, feed, life, outbox, reads } = desk
  hear('online', () => feed.sign('networkBack'))
  hear('offline', () => feed.sign('networkGone'))
  hear('focus', (event) => event.target === window && feed.wake())
  hear('pagehide', () => drafts.save())
  hear('visibilitychange', () => drafts.save(), document)
  hear('beforeunload', (event) => outbox.isBusy && event.preventDefault())
  hear('storage', (event) => {
    for (const each of [drafts, reads, alerts.preferences]) each.heard((event as StorageEvent).key)
  })
  for (const name of ['pointerdown', 'keydown']) {
    hear(name, () => {
      life.moved()
      if (!alerts.sounds.ready.get()) void alerts.sounds.unlock()
    })
  }
  hear('wheel', life.moved)
  // Signing in was a press: it may have let us sound already.
  if (navigator.userActivation?.hasBeenActive) void alerts.sounds.unlock()
  const tick = setInterval(() => {
    // Nobody may be here: what is due is told to whoever signs in.
    if (feed.connection.get().phase !== 'signedOut') alerts.tick()
  }, TICK_MS)
  const unwatch = watchCache(desk)
  const unfollow = tellReturns(desk)
  const simulator = hearSimulator(feed.hold)
  return () => {
    aborter.abort()
    clearInterval(tick)
    unwatch()
    unfollow()
    simulator.close()
    alerts.withdraw()
    count(0)
  }
}

const NOTICED_MS = 5_000

/** Whoever could notice that the network was gone is told that it is back. */
function tellReturns({ feed, notices }: Desk): () => void {
  let before = feed.connection.get()
  let hasBeenLive = false
  return feed.connection.subscribe(() => {
    const { since } = before
    before = feed.connection.get()
    if (before.phase !== 'live') return
    if (hasBeenLive && since !== null && Date.now() - since > NOTICED_MS) {
      notices.add({ kind: 'back' })
    }
    hasBeenLive = true
  })
}

/** What the cache learns concerns others too. */
function watchCache(desk: Desk): () => void {
  return desk.cache.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated') return
    if (event.action.type === 'error') desk.failed(event.action.error)
    if (event.action.type === 'success') learn(desk, event.query)
  })
}

const WATCHED: readonly unknown[] = ['waiting', 'mine']

function learn({ alerts, outbox }: Desk, { queryKey, state }: Query): void {
  const [kind, view] = queryKey
  if (kind === keys.counts[0]) count(needing(state.data as Counts))
  if (kind === keys.lists[0] && WATCHED.includes(view)) {
    const pages = (state.data as Pages).pages
    alerts.learn(pages.flatMap((page): readonly Conversation[] => page.items))
  }
  if (kind === 'messages') {
    outbox.shown(new Set((state.data as Held).items.map((message) => message.id)))
  }
}

/** The simulator's page can drop our stream, to show what the console does then. */
function hearSimulator(hold: (on: boolean) => void): BroadcastChannel {
  const channel = new BroadcastChannel('handoff-simulator')
  channel.onmessage = ({ data }: MessageEvent<{ type?: unknown; on?: unknown } | null>) => {
    if (data?.type === 'drop-stream') hold(data.on === true)
  }
  return channel
}
