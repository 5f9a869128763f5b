import { useQuery } from '@tanstack/react-query'
import { useStore } from '../../ui/store'
import { useBench } from '../bench'
import { ECONOMY_MS, messagesQuery, useSetting } from '../queries'
import { useCustomer } from '../useCustomer'
import { withBusiness } from './talk'

/** What this phone has with the business that it writes to. */
export function useTalk() {
  const { number, to } = useCustomer()
  const { businesses } = useSetting()
  const { live, pending } = useBench()
  const { phase } = useStore(live.connection)
  const { data, isPending } = useQuery({
    ...messagesQuery(number),
    refetchInterval: phase === 'economy' ? ECONOMY_MS : false,
  })
  const business = to || (businesses[0]?.number ?? '')
  const entries = withBusiness(data ?? [], business)
  const shown = new Set(entries.map((entry) => entry.sid))
  const leaving = useStore(pending).filter(
    (one) => one.number === number && one.to === business && !shown.has(one.sid),
  )
  return { entries, leaving, isPending }
}
