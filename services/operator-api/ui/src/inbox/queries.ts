import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query'
import { type Conversation, type Counts, call } from '../api'
import { listConversations, readCounts } from '../client'
import { keys } from '../keys'
import { prefetchThread } from '../thread/shelf'
import { type Pages, rowsOf } from './placing'
import type { View } from './views'

const FIRST = 30
const MORE = 100
const READY = 5

export const list = (view: View) =>
  infiniteQueryOptions({
    queryKey: keys.list(view),
    queryFn: async ({ client, pageParam, signal }) => {
      const limit = pageParam === null ? FIRST : MORE
      const query = { view, limit, cursor: pageParam }
      const page = await call(listConversations({ query, signal }))
      // What stands first is what is opened next.
      if (pageParam === null) {
        for (const { id } of page.items.slice(0, READY)) prefetchThread(client, id)
      }
      return page
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  })

export function useRows(view: View) {
  const query = useInfiniteQuery(list(view))
  return { ...query, rows: rowsFrom(query.data as Pages | undefined, view) }
}

/** The same array as long as the data is the same. */
const known = new WeakMap<object, Conversation[]>()

function rowsFrom(data: Pages | undefined, view: View): Conversation[] {
  if (!data) return EMPTY
  const rows = known.get(data) ?? rowsOf(data, view)
  known.set(data, rows)
  return rows
}

const EMPTY: Conversation[] = []

/** How many conversations need me: those that wait, and mine that owe an answer. */
export function needing({ waiting, unanswered }: Counts): number {
  return waiting + unanswered
}

/** The row of a list, to show a name before the thread has come. */
export function rowHeld(cache: QueryClient, id: string): Conversation | undefined {
  for (const [, data] of cache.getQueriesData<Pages>({ queryKey: keys.lists })) {
    for (const page of data?.pages ?? []) {
      const row = page.items.find((item) => item.id === id)
      if (row) return row
    }
  }
  return undefined
}

/** How many conversations need somebody; from the server, never added up here. */
const counts = queryOptions({
  queryKey: keys.counts,
  queryFn: ({ signal }) => call(readCounts({ signal })),
})

export function useCounts(): Counts | undefined {
  return useQuery(counts).data
}

/** Where to begin if nobody has said: with one's own, or with those who wait if there are none. */
export async function beginning(cache: QueryClient): Promise<View> {
  try {
    const { mine, waiting } = await cache.fetchQuery({ ...counts, retry: false })
    return mine === 0 && waiting > 0 ? 'waiting' : 'mine'
  } catch {
    return 'mine' // whatever is wrong, the page itself says it
  }
}
