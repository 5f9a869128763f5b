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

/** Holds nothing of what was read. `known`: that nobody is here; else it is to be asked for. */
export function forget(cache: QueryClient, known?: null): void {
  cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.session[0] })
  cache.getMutationCache().clear()
  if (known === null) cache.setQueryData(keys.session, null)
  else void cache.resetQueries({ queryKey: keys.session })
}

export async function leave(): Promise<void> {
  await call(signOut())
}
