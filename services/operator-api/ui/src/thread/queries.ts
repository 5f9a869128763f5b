import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call, type Thread } from '../api'
import { listHandoffs, listMessages, readConversation } from '../client'
import { keys } from '../keys'
import { type Held, withOlder, withTail } from './merging'

const TAIL = 30
const OLDER = 50
/** How many are kept is the shelf's to say. */
const FOR_LONG = { gcTime: Number.POSITIVE_INFINITY }

export const thread = (id: string) =>
  queryOptions({
    queryKey: keys.thread(id),
    ...FOR_LONG,
    queryFn: ({ signal }): Promise<Thread> =>
      call(readConversation({ path: { conversation_id: id }, signal })),
  })

export const messages = (id: string) =>
  queryOptions({
    queryKey: keys.messages(id),
    ...FOR_LONG,
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
    ...FOR_LONG,
    queryFn: async ({ signal }) => {
      const page = await call(listHandoffs({ path: { conversation_id: id }, signal }))
      return page.items
    },
  })

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
