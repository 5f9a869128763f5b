import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Message } from '../api'
import { formatted } from '../ui/formatted'
import { Icon } from '../ui/Icon'
import { firstName } from '../ui/people'
import { clock } from '../ui/times'
import { DoubtActions, FailureActions } from './MessageActions'
import { ReceiptIcon } from './ReceiptIcon'
import { type Receipt, receiptOf } from './receipts'

interface Props {
  message: Message
  joined: boolean
  customer: string
  me: string
  /** I have the conversation and the window is open: sending again is possible. */
  canSend: boolean
}

const SIDE: Record<Message['author'], string> = {
  customer: 'msg--in',
  bot: 'msg--out msg--bot',
  system: 'msg--out msg--bot',
  operator: 'msg--out msg--human',
}

const SHOWN_FAILED: readonly Receipt[] = ['failed', 'doubtful', 'unconfirmed']

export const MessageView = memo(function MessageView(props: Props) {
  const { message, joined, customer } = props
  const { t, i18n } = useTranslation()
  const receipt = receiptOf(message)
  const own = message.author === 'operator'
  const name = own ? firstName(message.operator_name ?? t('segment.team')) : t('segment.bot')
  const failed = SHOWN_FAILED.includes(receipt)
  return (
    <li
      className={`msg ${SIDE[message.author]} ${joined ? '' : 'msg--new'} ${failed ? 'msg--fail' : ''} ${receipt === 'dropped' ? 'msg--dropped' : ''}`}
      data-seq={message.seq}
      tabIndex={-1}
    >
      <div className="bub">
        {message.author === 'customer' ? (
          <span className="vh">{t('message.from', { name: customer })}</span>
        ) : (
          <div className={joined ? 'vh' : 'bub__by'}>
            {!own && <Icon name="bot" />}
            {name}
          </div>
        )}
        <span className="bub__text">
          {message.text ? formatted(message.text) : t('list.noText')}
        </span>
        <div className="bub__ft">
          {message.sources.length > 0 && (
            <span className="src">
              <Icon name="book" className="s" />
              <span className="vh">{t('message.sources', { list: '' })}</span>
              {message.sources.join(', ')}
            </span>
          )}
          <time dateTime={message.created_at}>
            {clock(Date.parse(message.created_at), i18n.language)}
          </time>
          <ReceiptIcon receipt={receipt} />
        </div>
      </div>
      {receipt === 'failed' && <FailureActions {...props} />}
      {(receipt === 'doubtful' || receipt === 'unconfirmed') && <DoubtActions {...props} />}
      {receipt === 'dropped' && <p className="msg__dropped">{t('receipt.dropped')}</p>}
    </li>
  )
})
