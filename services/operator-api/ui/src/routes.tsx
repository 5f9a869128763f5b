/** Every address of the console, in one place. */

import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouterHistory,
  redirect,
} from '@tanstack/react-router'
import { InboxPage } from './inbox/InboxPage'
import { beginning } from './inbox/queries'
import { SLUG } from './inbox/views'
import { session } from './session/queries'
import { Shell } from './shell/Shell'
import { Loading, Lost, Trouble } from './shell/Standing'

const root = createRootRouteWithContext<{ cache: QueryClient }>()({
  component: Outlet,
  notFoundComponent: Lost,
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/entrar',
  component: lazyRouteComponent(() => import('./session/SignInPage'), 'SignInPage'),
  /** `para`: the page that asked. Only our own pages, never another site's. */
  validateSearch: (search: Record<string, unknown>): { para?: string | undefined } => {
    const para = search.para
    // Named even if it is refused: what is left out here would be taken from the address as it is.
    const ours = typeof para === 'string' && /^\/(?![/\\])/.test(para)
    return { para: ours ? para : undefined }
  },
})

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Shell,
  beforeLoad: async ({ context: { cache }, location }) => {
    const opened = await cache.ensureQueryData(session)
    if (opened) return { operator: opened.operator }
    const asked = location.href
    throw redirect({ to: '/entrar', search: asked === '/' ? {} : { para: asked }, replace: true })
  },
})

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: async ({ context: { cache } }) => {
    const vista = SLUG[await beginning(cache)]
    throw redirect({ to: '/conversas/{-$vista}/{-$id}', params: { vista }, replace: true })
  },
})

const inbox = createRoute({
  getParentRoute: () => signedIn,
  path: '/conversas/{-$vista}/{-$id}',
  component: InboxPage,
})

/** `history` is the browser's unless a test brings its own. */
export function routerFor(cache: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree: root.addChildren([signIn, signedIn.addChildren([home, inbox])]),
    context: { cache },
    ...(history ? { history } : {}),
    defaultPendingComponent: Loading,
    defaultErrorComponent: Trouble,
    defaultPreload: false,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof routerFor>
  }
}
