import { useTranslation } from 'react-i18next'
import { Icon, type IconName } from '../ui/Icon'
import type { Receipt } from './receipts'

const TICK: Record<Receipt, IconName | null> = {
  none: null,
  sending: 'clock',
  accepted: 'check',
  delivered: 'checks',
  read: 'checks',
  failed: 'alert',
  doubtful: 'hourglass',
  unconfirmed: 'hourglass',
  dropped: 'x',
}

/** Shape, colour and name; it changes silently, except a failure. */
export function ReceiptIcon({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation()
  const name = TICK[receipt]
  if (name === null) return null
  const className = receipt === 'read' ? 'read' : receipt === 'failed' ? 'no' : ''
  return <Icon name={name} className={className} label={t(`receipt.${receipt}`)} />
}
