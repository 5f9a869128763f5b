import { useIsMutating, useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Owner } from '../api'
import { useDesk } from '../desk'
import { SLUG, type View } from '../inbox/views'
import { keys } from '../keys'
import { wereOthersFaster } from './taking'

/** Somebody was faster. */
export interface Lost {
  conversation: string
  owner: Owner | null
}

/** Take a conversation; pending until the router has decided. */
export function useClaim(conversation: string) {
  const desk = useDesk()
  const mutation = useMutation({
    mutationKey: keys.command(conversation, 'claim'),
    mutationFn: () =>
      desk.command(conversation, () => ({
        kind: 'claim',
        body: { epoch: desk.epochOf(conversation) },
      })),
    onSuccess: (decision) => {
      if (decision.status === 'accepted') desk.claimed(conversation)
      if (decision.status === 'refused' && decision.reason !== 'taken') {
        desk.notices.add({ kind: 'refused', reason: decision.reason })
      }
    },
    onError: () => desk.notices.add({ kind: 'failed' }),
  })
  const { data } = mutation
  const lost: Lost | null =
    data?.status === 'refused' && data.reason === 'taken'
      ? { conversation, owner: data.owner }
      : null
  return { claim: mutation.mutate, reset: mutation.reset, lost }
}

export function useIsClaiming(conversation: string): boolean {
  return useIsMutating({ mutationKey: keys.command(conversation, 'claim') }) > 0
}

/** Take whoever waits longest. The server picks: two who press at once get two conversations. */
export function useClaimNext(view: View) {
  const desk = useDesk()
  const navigate = useNavigate()
  const mutation = useMutation({
    mutationFn: () => desk.claimNext(),
    onSuccess: (id) => {
      if (id === null) return desk.notices.add({ kind: 'nobodyWaits' })
      const vista = SLUG[view === 'waiting' ? 'mine' : view]
      return navigate({ to: '/conversas/{-$vista}/{-$id}', params: { vista, id } })
    },
    onError: (error) =>
      desk.notices.add({ kind: wereOthersFaster(error) ? 'othersFaster' : 'failed' }),
  })
  return {
    claimNext: () => {
      if (!mutation.isPending) mutation.mutate()
    },
    isPending: mutation.isPending,
  }
}
