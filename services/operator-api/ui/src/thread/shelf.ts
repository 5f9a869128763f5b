/**
 * The conversations that open at once: the last fifty that were opened, or that somebody pointed at, each
 * with its last messages. What was read further up is asked for again.
 */

import { hashKey, type QueryClient } from '@tanstack/react-query'
import { keys } from '../keys'
import type { Held } from './merging'
import { episodes, messages, thread } from './queries'

const MOST = 50
const MOST_MESSAGES = 100
const shelves = new WeakMap<QueryClient, Set<string>>()

/** Put a conversation in front; whoever is beyond the fiftieth goes, unless it is on the screen. */
export function keepThread(cache: QueryClient, id: string): void {
  const shelf = shelves.get(cache) ?? new Set()
  shelves.set(cache, shelf)
  shelf.delete(id)
  shelf.add(id)
  for (const each of shelf) {
    if (each === id || isShown(cache, each)) continue
    if (shelf.size <= MOST) {
      shorten(cache, each)
      continue
    }
    shelf.delete(each)
    for (const queryKey of [keys.thread(each), keys.messages(each), keys.episodes(each)]) {
      cache.removeQueries({ queryKey, exact: true })
    }
  }
}

function isShown(cache: QueryClient, id: string): boolean {
  return (
    cache
      .getQueryCache()
      .get(hashKey(keys.thread(id)))
      ?.isActive() ?? false
  )
}

/** Whether it is old by now is not changed by this. */
function shorten(cache: QueryClient, id: string): void {
  const query = cache.getQueryCache().get<Held>(hashKey(keys.messages(id)))
  const items = query?.state.data?.items
  if (!items || items.length <= MOST_MESSAGES) return
  query?.setState({ data: { items: items.slice(-MOST_MESSAGES), more: true } })
}

export function prefetchThread(cache: QueryClient, id: string): void {
  keepThread(cache, id)
  void cache.prefetchQuery(thread(id))
  void cache.prefetchQuery(messages(id))
  void cache.prefetchQuery(episodes(id))
}
