import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Faults, setFaults } from '../api'
import { faultsQuery } from '../queries'

/** Shown at once; what the simulator makes of it is what stays. */
export function useFaults() {
  const cache = useQueryClient()
  const { mutate, isError } = useMutation({
    mutationFn: setFaults,
    scope: { id: 'faults' },
    onMutate: (faults: Faults) => cache.setQueryData(faultsQuery.queryKey, faults),
    onSuccess: (faults) => cache.setQueryData(faultsQuery.queryKey, faults),
    onError: () => cache.invalidateQueries({ queryKey: faultsQuery.queryKey }),
  })
  return { replace: mutate, isError }
}
