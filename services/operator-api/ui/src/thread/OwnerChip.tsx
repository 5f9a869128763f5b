import { useTranslation } from 'react-i18next'
import type { Conversation } from '../api'
import { useDesk } from '../desk'
import { CHIP, CHIP_LINE, holderOf } from '../ownership'
import { useNow } from '../ui/clock'
import { firstName } from '../ui/people'
import { duration } from '../ui/times'

/** Who holds the baton: line, colour and word. */
export function OwnerChip({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation()
  const now = useNow()
  const holder = holderOf(conversation, useDesk().operator.id)
  const { waiting_since: since, owner } = conversation
  const words = {
    bot: () => t('owner.bot'),
    waiting: () =>
      since === null
        ? t('owner.waiting')
        : t('owner.waitingFor', { duration: duration(now - Date.parse(since), t) }),
    settling: () => t('owner.settling'),
    mine: () => t('owner.mine'),
    closed: () => t('owner.closed'),
    other: () => t('owner.other', { name: firstName(owner.operator_name ?? t('owner.someone')) }),
  }
  return (
    <span className={CHIP[holder]}>
      {CHIP_LINE[holder] !== null && <span className={`${CHIP_LINE[holder]} own--short`} />}
      {words[holder]()}
    </span>
  )
}
