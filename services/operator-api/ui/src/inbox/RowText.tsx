/** The second and the third line of a row. */

import { type ReactNode, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '../api'
import { needsWord } from '../composer/outbox'
import { useDesk } from '../desk'
import type { Holder } from '../ownership'
import { ReceiptIcon } from '../thread/ReceiptIcon'
import { receiptOfLast } from '../thread/receipts'
import { Icon } from '../ui/Icon'
import { firstName } from '../ui/people'
import { useStore } from '../ui/store'
import { duration } from '../ui/times'
import { windowLeftMs } from './owing'
import { outcomeKey, reasonKey } from './reasons'

/** What did not go out, else my draft, else the last message. */
export function Preview({ row }: { row: Conversation }): ReactNode {
  const { t } = useTranslation()
  const { outbox, drafts, operator } = useDesk()
  const unsent = useStore(outbox).some((reply) => reply.conversation === row.id && needsWord(reply))
  const draft = useSyncExternalStore(drafts.subscribe, () => drafts.text(row.id).trim())
  const { last } = row
  const receipt = last?.author === 'customer' || !last ? 'none' : receiptOfLast(last)
  const refused =
    receipt === 'failed' && last?.author === 'operator' && row.owner.operator_id === operator.id
  if (unsent || refused) return <span className="fail trunc">{t('list.unsent')}</span>
  if (draft !== '') {
    return (
      <span className="trunc">
        <em>{t('list.draft')}</em> {draft.slice(0, 120)}
      </span>
    )
  }
  const isBot = last?.author === 'bot' || last?.author === 'system'
  return (
    <>
      {last?.author === 'operator' && <ReceiptIcon receipt={receipt} />}
      <span className="trunc">
        {isBot && `${t('segment.bot')}: `}
        {row.preview || t('list.noText')}
      </span>
    </>
  )
}

const SOON_MS = 2 * 60 * 60_000

/** The one or two things that matter. */
export function Facts({ row, holder, now }: { row: Conversation; holder: Holder; now: number }) {
  const { t } = useTranslation()
  const reason = row.handoff_reason
  const words = useHolderWords(row, holder)
  const left = holder === 'mine' ? windowLeftMs(row, now) : null
  const tone: Partial<Record<Holder, string>> = { waiting: 'chip--wait', mine: 'chip--line' }
  return (
    <>
      {left !== null && left > 0 && left <= SOON_MS && (
        <span className="chip chip--wait">
          <Icon name="hourglass" />
          {t('list.closing', { left: duration(left, t) })}
        </span>
      )}
      {row.overdue_at !== null && <span className="chip chip--danger">{t('list.overdue')}</span>}
      {reason !== null && tone[holder] !== undefined && (
        <span className={`chip ${tone[holder]}`}>{t(`reason.${reasonKey(reason)}`)}</span>
      )}
      {row.closed && (
        <span className="chip chip--line">{t(`outcome.${outcomeKey(row.closed.outcome)}`)}</span>
      )}
      {row.overdue_at === null && <span className="trunc">{words}</span>}
    </>
  )
}

/** Who has it, in words. */
function useHolderWords(row: Conversation, holder: Holder): string {
  const { t } = useTranslation()
  if (holder === 'other')
    return t('owner.other', { name: row.owner.operator_name ?? t('owner.someone') })
  const closer = row.closed?.operator_name
  if (holder === 'closed' && closer) return t('owner.closedBy', { name: firstName(closer) })
  return t(`owner.${holder}`)
}
