/** Names of what the query cache holds. */

import type { View } from './inbox/views'

export const keys = {
  session: ['session'] as const,
  counts: ['counts'] as const,
  links: ['links'] as const,
  lists: ['list'] as const,
  list: (view: View) => ['list', view] as const,
  thread: (id: string) => ['thread', id] as const,
  messages: (id: string) => ['messages', id] as const,
  episodes: (id: string) => ['episodes', id] as const,
  /** Of commands in flight. */
  command: (id: string, kind: string) => ['command', id, kind] as const,
}
