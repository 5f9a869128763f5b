import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router'
import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { Suspense } from 'react'
import { routerFor } from '../routes'
import { listenForKeys } from '../shell/shortcuts'

let listens = false

/** Open the console at an address, as a browser does. */
export function open(path: string) {
  if (!listens) listenForKeys()
  listens = true
  const cache = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  })
  const router = routerFor(cache, createMemoryHistory({ initialEntries: [path] }))
  const page = render(
    <QueryClientProvider client={cache}>
      <Suspense>
        <RouterProvider router={router} />
      </Suspense>
    </QueryClientProvider>,
  )
  return { ...page, router, cache, user: userEvent.setup() }
}
