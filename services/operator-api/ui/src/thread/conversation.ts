import { createContext, use } from 'react'

/** Which conversation is open here. */
export const ConversationContext = createContext<string | null>(null)

export function useConversationId(): string {
  const id = use(ConversationContext)
  if (id === null) throw new Error('no conversation is open')
  return id
}
