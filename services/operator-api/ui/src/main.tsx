import './styles/index.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { isTransient } from './api'
import { spoken } from './i18n'
import { routerFor } from './routes'
import { Loading } from './shell/Standing'
import { listenForKeys } from './shell/shortcuts'

const cache = new QueryClient({
  defaultOptions: {
    queries: {
      // The feed says what is old: nothing is asked for again on a guess.
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
      retry: (failures, error) => isTransient(error) && failures < 20,
      retryDelay: (failures) => Math.min(1_000 * 2 ** failures, 15_000),
    },
    mutations: { networkMode: 'always' },
  },
})
const router = routerFor(cache)

listenForKeys()
const place = document.getElementById('root')
if (!place) throw new Error('the page has no #root')
await spoken
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={cache}>
      <Suspense fallback={<Loading />}>
        <RouterProvider router={router} />
      </Suspense>
    </QueryClientProvider>
  </StrictMode>,
)
