/** The conversations that open at once: the last fifty that were opened, or that somebody pointed at. */

import type { QueryClient } from '@tanstack/react-query'
import { keys } from '../keys'
import { episodes, messages, thread } from './queries'

const MOST = 50
const shelves = new WeakMap<QueryClient, Set<string>>()

/** Put a conversation in front; whoever is beyond the fiftieth goes, unless it is on the screen. */
export function keepThread(cache: QueryClient, id: string): void {
  const shelf = shelves.get(cache) ?? new Set()
  shelves.set(cache, shelf)
  shelf.delete(id)
  shelf.add(id)
  for (const oldest of shelf) {
    if (shelf.size <= MOST) return
    shelf.delete(oldest)
    for (const queryKey of [keys.thread(oldest), keys.messages(oldest), keys.episodes(oldest)]) {
      cache.removeQueries({ queryKey, type: 'inactive' })
    }
  }
}

export function prefetchThread(cache: QueryClient, id: string): void {
  keepThread(cache, id)
  void cache.prefetchQuery(thread(id))
  void cache.prefetchQuery(messages(id))
  void cache.prefetchQuery(episodes(id))
}
