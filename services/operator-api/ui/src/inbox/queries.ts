import { infiniteQueryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { type Conversation, type Counts, call } from '../api'
import { listConversations, readCounts } from '../client'
import { keys } from '../keys'
import { type Pages, rowsOf } from './placing'
import type { View } from './views'

const FIRST = 30
const MORE = 100

export const list = (view: View) =>
  infiniteQueryOptions({
    queryKey: keys.list(view),
    queryFn: ({ pageParam, signal }) => {
      const limit = pageParam === null ? FIRST : MORE
      return call(listConversations({ query: { view, limit, cursor: pageParam }, signal }))
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

/** How many conversations need somebody; from the server, never added up here. */
export function useCounts(): Counts | undefined {
  return useQuery({ queryKey: keys.counts, queryFn: ({ signal }) => call(readCounts({ signal })) })
    .data
}
