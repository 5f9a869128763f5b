import { useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { Thread } from '../api'
import { useIsClaiming } from '../commands/claiming'
import { useDesk } from '../desk'
import { useNow } from '../ui/clock'
import { Icon } from '../ui/Icon'
import { customerName, firstName } from '../ui/people'
import { Composer } from './Composer'
import { leftMs, type Standing, standingOf } from './standing'
import { WindowRing } from './WindowRing'

interface Props {
  thread: Thread
  onClaim: () => void
  onSendAndFinish: () => void
}

/** The foot of a thread, by what stands there. */
export function Foot({ thread, onClaim, onSendAndFinish }: Props) {
  const desk = useDesk()
  const isClaiming = useIsClaiming(thread.id)
  const standing = standingOf(thread, desk.operator.id, isClaiming, useNow())
  const [claimed, setClaimed] = useState(() => desk.hasJustClaimed(thread.id))
  const claim = () => {
    setClaimed(true)
    onClaim()
  }
  const writing = (kind: 'write' | 'claiming' | 'settling') => (
    <Composer
      thread={thread}
      standing={kind}
      autoFocus={claimed}
      onSendAndFinish={onSendAndFinish}
    />
  )
  const feet: Record<Standing, () => React.ReactNode> = {
    write: () => writing('write'),
    claiming: () => writing('claiming'),
    settling: () => writing('settling'),
    bot: () => <ClaimBar kind="bot" thread={thread} onClaim={claim} />,
    waiting: () => <ClaimBar kind="queue" thread={thread} onClaim={claim} />,
    other: () => <ReadOnly thread={thread} />,
    closed: () => <Closed thread={thread} onReopen={claim} />,
    shut: () => <Shut thread={thread} kind="shut" />,
    optedOut: () => <Shut thread={thread} kind="optedOut" />,
  }
  return feet[standing]()
}

function ClaimBar({
  kind,
  thread,
  onClaim,
}: {
  kind: 'bot' | 'queue'
  thread: Thread
  onClaim: () => void
}) {
  const { t } = useTranslation()
  return (
    <div className={`claim claim--${kind}`}>
      <div className="claim__t grow">
        <b>{t(`claim.${kind}Title`)}</b>
        {t(`claim.${kind}Text`)}
        <KeptDraft conversation={thread.id} />
      </div>
      <span className="claim__b">
        <button
          className="btn btn--pri btn--lg"
          type="button"
          aria-keyshortcuts="A"
          onClick={onClaim}
        >
          <Icon name="baton" />
          {t('claim.cta')} <kbd>A</kbd>
        </button>
      </span>
    </div>
  )
}

function Closed({ thread, onReopen }: { thread: Thread; onReopen: () => void }) {
  const { t } = useTranslation()
  const open = leftMs(thread, useNow()) > 0
  return (
    <div className="claim claim--other">
      <Icon name="done" />
      <div className="claim__t grow">
        <b>{t('claim.closedTitle')}</b>
        {t(open ? 'claim.closedText' : 'claim.closedShut')}
        <KeptDraft conversation={thread.id} />
      </div>
      {open && (
        <span className="claim__b">
          <button className="btn btn--lg" type="button" aria-keyshortcuts="A" onClick={onReopen}>
            <Icon name="baton" />
            {t('claim.reopen')} <kbd>A</kbd>
          </button>
        </span>
      )}
    </div>
  )
}

function ReadOnly({ thread }: { thread: Thread }) {
  const { t } = useTranslation()
  const name = thread.owner.operator_name ?? t('owner.someone')
  return (
    <div className="claim claim--other">
      <Icon name="user" />
      <div className="claim__t grow">
        <b>{t('claim.otherTitle', { name })}</b>
        {t('claim.otherText')}
        <KeptDraft conversation={thread.id} />
      </div>
    </div>
  )
}

function Shut({ thread, kind }: { thread: Thread; kind: 'shut' | 'optedOut' }) {
  const { t } = useTranslation()
  return (
    <div className="claim claim--shut">
      <div className="claim__t grow">
        <b>{t(`${kind}.title`, { name: firstName(customerName(thread)) })}</b>
        {t(`${kind}.text`)}
        <KeptDraft conversation={thread.id} />
      </div>
      {kind === 'shut' && <WindowRing thread={thread} />}
    </div>
  )
}

/** Nothing typed is lost, also where it cannot be sent. */
function KeptDraft({ conversation }: { conversation: string }) {
  const { t } = useTranslation()
  const { drafts, notices } = useDesk()
  const text = useSyncExternalStore(drafts.subscribe, () => drafts.text(conversation).trim())
  if (text === '') return null
  const discard = () => {
    drafts.write(conversation, '')
    drafts.save()
    notices.add({ kind: 'discarded', undo: () => drafts.giveBack(conversation, text) })
  }
  return (
    <details className="kept">
      <summary>{t('claim.draft')}</summary>
      <span className="kept__text">{text}</span>
      <button className="btn btn--sm btn--quiet" type="button" onClick={discard}>
        {t('claim.discard')}
      </button>
    </details>
  )
}
