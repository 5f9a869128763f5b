import { type QueryClient, queryOptions, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Conversation, call, type Thread } from '../api'
import { listHandoffs, listMessages, readConversation } from '../client'
import type { Pages } from '../inbox/placing'
import { keys } from '../keys'
import { type Held, withOlder, withTail } from './merging'

const TAIL = 30
const OLDER = 50

export const thread = (id: string) =>
  queryOptions({
    queryKey: keys.thread(id),
    queryFn: ({ signal }): Promise<Thread> =>
      call(readConversation({ path: { conversation_id: id }, signal })),
  })

export const messages = (id: string) =>
  queryOptions({
    queryKey: keys.messages(id),
    queryFn: async ({ client, signal }): Promise<Held> => {
      const path = { conversation_id: id }
      const tail = await call(listMessages({ path, query: { limit: TAIL }, signal }))
      return withTail(client.getQueryData<Held>(keys.messages(id)), tail)
    },
  })

/** When people had the conversation, why, and what they should know. */
export const episodes = (id: string) =>
  queryOptions({
    queryKey: keys.episodes(id),
    queryFn: async ({ signal }) => {
      const page = await call(listHandoffs({ path: { conversation_id: id }, signal }))
      return page.items
    },
  })

export function prefetchThread(cache: QueryClient, id: string): void {
  void cache.prefetchQuery(thread(id))
  void cache.prefetchQuery(messages(id))
  void cache.prefetchQuery(episodes(id))
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

/** Older messages, one page a call; never two at once. */
export function useOlder(id: string) {
  const cache = useQueryClient()
  const [state, set] = useState<'idle' | 'loading' | 'failed'>('idle')
  const load = async () => {
    const first = cache.getQueryData<Held>(keys.messages(id))?.items[0]
    if (!first || state === 'loading') return
    set('loading')
    try {
      const path = { conversation_id: id }
      const page = await call(listMessages({ path, query: { before: first.seq, limit: OLDER } }))
      cache.setQueryData<Held>(keys.messages(id), (held) => held && withOlder(held, page))
      set('idle')
    } catch {
      set('failed')
    }
  }
  return { load, state }
}
