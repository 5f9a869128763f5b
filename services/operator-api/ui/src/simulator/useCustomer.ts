import { useStore } from '../ui/store'
import { useBench } from './bench'
import type { Customer } from './customer'

export function useCustomer(): Customer {
  return useStore(useBench().customers)
}
