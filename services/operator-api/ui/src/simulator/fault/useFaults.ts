import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Faults, setFaults } from '../api'
import { faultsQuery, keep } from '../queries'

const { queryKey } = faultsQuery

/** Each change builds on the one before, whether that was answered already or not. */
export function useFaults() {
  const cache = useQueryClient()
  const { mutateAsync, isError } = useMutation({
    mutationFn: setFaults,
    mutationKey: queryKey,
    scope: { id: 'faults' },
    onSuccess: async (faults) => {
      const isLast = cache.isMutating({ mutationKey: queryKey }) === 1
      if (isLast) await keep(cache, queryKey, faults)
    },
    onError: () => cache.invalidateQueries({ queryKey }),
  })
  const change = async (make: (faults: Faults) => Faults): Promise<void> => {
    const faults = cache.getQueryData<Faults>(queryKey)
    if (!faults) return
    const wanted = make(faults)
    await keep(cache, queryKey, wanted)
    // That it failed shows beside the switches, which are as before then.
    await mutateAsync(wanted).catch(() => undefined)
  }
  return { change, isError }
}
