import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Thread } from '../api'
import { CloseDialog } from '../commands/CloseDialog'
import { ConflictDialog } from '../commands/ConflictDialog'
import { useClaim, useClaimNext } from '../commands/claiming'
import { ReturnDialog } from '../commands/ReturnDialog'
import { Foot } from '../composer/Foot'
import { leftMs } from '../composer/standing'
import { useDesk } from '../desk'
import type { View } from '../inbox/views'
import { holderOf } from '../ownership'
import { useNow } from '../ui/clock'
import { customerName, firstName } from '../ui/people'
import { ConversationContext } from './conversation'
import { Log } from './Log'
import { episodes, messages, thread as threadQuery } from './queries'
import { ThreadHeader } from './ThreadHeader'
import { ThreadFailed, ThreadLoading } from './ThreadStates'

interface Props {
  id: string
  view: View
}

/** One conversation. A new instance for each, so that nothing of one lands in another. */
export function ThreadPane({ id, view }: Props) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(threadQuery(id))
  const name = data ? customerName(data) : ''
  return (
    <ConversationContext value={id}>
      <section
        className="thread"
        id="conversa"
        aria-label={data ? t('thread.with', { name }) : t('thread.loading')}
        tabIndex={-1}
        data-pane
      >
        {data ? (
          <Opened thread={data} view={view} />
        ) : error ? (
          <ThreadFailed error={error} onAgain={() => void refetch()} />
        ) : (
          <ThreadLoading />
        )}
      </section>
    </ConversationContext>
  )
}

type Asked = 'return' | 'close' | null

function Opened({ thread, view }: { thread: Thread; view: View }) {
  const { operator } = useDesk()
  const { id } = thread
  const told = useQuery(messages(id))
  const past = useQuery(episodes(id))
  const now = useNow()
  const [asked, ask] = useState<Asked>(null)
  const { claim, reset, lost } = useClaim(id)
  const { claimNext } = useClaimNext(view)
  const mine = holderOf(thread, operator.id) === 'mine'
  const dialog = {
    conversation: id,
    name: firstName(customerName(thread)),
    onClose: () => ask(null),
  }
  return (
    <>
      <ThreadHeader
        conversation={thread}
        view={view}
        onReturn={() => ask('return')}
        onFinish={() => ask('close')}
      />
      {told.data && past.data ? (
        <Log
          thread={thread}
          held={told.data}
          episodes={past.data}
          canSend={mine && leftMs(thread, now) > 0 && !thread.opted_out}
        />
      ) : told.error ? (
        <ThreadFailed error={told.error} onAgain={() => void told.refetch()} />
      ) : (
        <ThreadLoading />
      )}
      <Foot thread={thread} onClaim={() => claim()} onSendAndFinish={() => ask('close')} />
      {asked === 'return' && <ReturnDialog {...dialog} />}
      {asked === 'close' && <CloseDialog {...dialog} />}
      {lost && (
        <ConflictDialog
          lost={lost}
          onStay={reset}
          onNext={() => {
            reset()
            claimNext()
          }}
        />
      )}
    </>
  )
}
