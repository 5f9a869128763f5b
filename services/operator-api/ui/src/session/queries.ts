import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { call, isSignedOut, type Session } from '../api'
import { readSession, signIn, signOut } from '../client'
import { keys } from '../keys'

/** Who is signed in; null: nobody. */
export const session = queryOptions({
  queryKey: keys.session,
  queryFn: async (): Promise<Session | null> => {
    try {
      return await call(readSession())
    } catch (error) {
      if (isSignedOut(error)) return null
      throw error
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
})

export async function enter(
  cache: QueryClient,
  credentials: { email: string; password: string },
): Promise<Session> {
  const opened = await call(signIn({ body: credentials }))
  cache.setQueryData(keys.session, opened)
  return opened
}

/** Leaves nothing of this operator on the screen. Drafts stay, under their author's name. */
export async function leave(cache: QueryClient): Promise<void> {
  await call(signOut())
  cache.clear()
  cache.setQueryData(keys.session, null)
}
