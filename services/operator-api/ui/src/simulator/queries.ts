/** What the page asks for, and under which name it is kept. */

import { type QueryClient, type QueryKey, queryOptions, useQuery } from '@tanstack/react-query'
import {
  type Entry,
  isTransient,
  listMessages,
  listPhones,
  listTrace,
  readClock,
  readFaults,
  readSetting,
  type TraceEntry,
} from './api'
import { merged as mergedTalk } from './phone/talk'
import { merged as mergedTrail } from './trace/trail'

/** Without streams. */
export const ECONOMY_MS = 5_000

export const settingQuery = queryOptions({ queryKey: ['setting'], queryFn: readSetting })
export const clockQuery = queryOptions({ queryKey: ['clock'], queryFn: readClock })
export const faultsQuery = queryOptions({ queryKey: ['faults'], queryFn: readFaults })
export const phonesQuery = queryOptions({ queryKey: ['phones'], queryFn: listPhones })

/** What is asked for never undoes what the stream told meanwhile. */
export const messagesQuery = (number: string) =>
  queryOptions({
    queryKey: ['messages', number],
    queryFn: async ({ client, queryKey }) => {
      const found = await listMessages(number)
      return mergedTalk(client.getQueryData<Entry[]>(queryKey) ?? [], found)
    },
  })

/** Only what is newer than what is held. */
export const traceQuery = (number: string) =>
  queryOptions({
    queryKey: ['trace', number],
    queryFn: async ({ client, queryKey }) => {
      const held = () => client.getQueryData<TraceEntry[]>(queryKey) ?? []
      const found = await listTrace(number, held().at(-1)?.number ?? 0)
      return mergedTrail(held(), found)
    },
  })

/** Keep the answer to a change: what was asked for before it must not come in after it. */
export async function keep(cache: QueryClient, queryKey: QueryKey, value: unknown): Promise<void> {
  await cache.cancelQueries({ queryKey })
  cache.setQueryData(queryKey, value)
}

export function useSetting() {
  const { data } = useQuery(settingQuery)
  if (!data) throw new Error('drawn before the setting was known')
  return data
}

export function defaults(): ConstructorParameters<typeof QueryClient>[0] {
  return {
    defaultOptions: {
      queries: {
        // The stream says what is new: nothing is asked for again on a guess.
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
        retry: (_, error) => isTransient(error),
        retryDelay: (failures) => Math.min(1_000 * 2 ** failures, 15_000),
      },
      mutations: { networkMode: 'always' },
    },
  }
}
