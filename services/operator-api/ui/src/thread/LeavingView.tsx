import { useTranslation } from 'react-i18next'
import { type Leaving, needsWord, type Reply } from '../composer/outbox'
import { useDesk } from '../desk'
import { IS_CURRENT } from '../feed/feed'
import { inBusiness, useBrowserNow } from '../ui/clock'
import { Icon } from '../ui/Icon'
import { useStore } from '../ui/store'
import { clock } from '../ui/times'
import { ReceiptIcon } from './ReceiptIcon'

const SLOW_MS = 10_000

/** A reply that is not in the thread yet: on the screen within the frame that sent it. */
export function LeavingView({
  reply,
  author,
  joined,
}: {
  reply: Reply
  author: string
  joined: boolean
}) {
  const { t, i18n } = useTranslation()
  const now = useBrowserNow()
  const { outbox, drafts, feed } = useDesk()
  const { phase } = useStore(feed.connection)
  const failed = needsWord(reply)
  const slow = reply.state === 'sending' && now - reply.at > SLOW_MS
  const edit = () => {
    drafts.giveBack(reply.conversation, reply.text)
    outbox.remove(reply.key)
  }
  const asides: Record<Leaving, React.ReactNode> = {
    queued: <span>{t('receipt.queued')}</span>,
    sending: IS_CURRENT[phase] ? (
      slow && <span>{t('message.slow')}</span>
    ) : (
      <span>{t('receipt.device')}</span>
    ),
    sent: null,
    failed: null,
    stale: null,
  }
  return (
    <li
      className={`msg msg--out msg--human msg--leaving ${failed ? 'msg--fail' : ''} ${joined ? '' : 'msg--new'}`}
    >
      <div className="bub">
        <div className={joined ? 'vh' : 'bub__by'}>{author}</div>
        <span className="bub__text">{reply.text}</span>
        <div className="bub__ft">
          {asides[reply.state]}
          <time>{clock(inBusiness(reply.at), i18n.language)}</time>
          <ReceiptIcon receipt={failed ? 'failed' : 'sending'} />
        </div>
      </div>
      {failed && (
        <div className="msg__fail" role="alert">
          <Icon name="alert" className="s" />
          <span>{t(whyKey(reply))}</span>
          <button
            className="btn btn--sm"
            type="button"
            onClick={() =>
              reply.state === 'stale' ? outbox.confirm(reply.key) : outbox.again(reply.key)
            }
          >
            <Icon name="refresh" />
            {t(reply.state === 'stale' ? 'stale.send' : 'failure.again')}
          </button>
          <button className="btn btn--sm btn--quiet" type="button" onClick={edit}>
            {t('failure.edit')}
          </button>
        </div>
      )}
    </li>
  )
}

function whyKey({ reason }: Reply) {
  switch (reason) {
    case 'old':
    case 'changedHands':
    case 'newInbound':
      return `stale.${reason}` as const
    case 'expired':
      return 'failure.expired'
    default:
      return 'failure.notSent'
  }
}
