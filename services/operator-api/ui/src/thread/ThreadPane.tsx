import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Thread } from '../api'
import { ConflictDialog } from '../commands/ConflictDialog'
import { useClaim, useClaimNext } from '../commands/claiming'
import { Foot } from '../composer/Foot'
import { leftMs } from '../composer/standing'
import { useDesk } from '../desk'
import { focusAfter } from '../inbox/focusing'
import { rowHeld } from '../inbox/queries'
import type { View } from '../inbox/views'
import { CloseDialog, ReturnDialog } from '../later'
import { holderOf } from '../ownership'
import { useNow } from '../ui/clock'
import { customerName, firstName } from '../ui/people'
import { ConversationContext } from './conversation'
import { Log } from './Log'
import { episodes, messages, thread as threadQuery } from './queries'
import { keepThread } from './shelf'
import { ThreadActions, ThreadHeader } from './ThreadHeader'
import { ThreadFailed, ThreadLoading } from './ThreadStates'

interface Props {
  id: string
  view: View
}

/** One conversation. A new instance for each, so that nothing of one lands in another. */
export function ThreadPane({ id, view }: Props) {
  const { t } = useTranslation()
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(threadQuery(id))
  // Before the thread has come, its row says who it is.
  const [row] = useState(() => {
    keepThread(cache, id)
    return rowHeld(cache, id)
  })
  const known = data ?? row
  const name = known ? customerName(known) : ''
  return (
    <ConversationContext value={id}>
      <section
        className="thread"
        id="conversa"
        aria-label={known ? t('thread.with', { name }) : t('thread.loading')}
        tabIndex={-1}
        data-pane
      >
        {data ? (
          <Opened thread={data} view={view} />
        ) : error ? (
          <ThreadFailed error={error} onAgain={() => void refetch()} />
        ) : (
          <>
            {row && <ThreadHeader conversation={row} view={view} />}
            <ThreadLoading />
          </>
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
  const holder = holderOf(thread, operator.id)
  const dialog = {
    conversation: id,
    name: firstName(customerName(thread)),
    onClose: () => ask(null),
    onDone: () => {
      ask(null)
      focusAfter(id)
    },
  }
  return (
    <>
      <ThreadHeader conversation={thread} view={view}>
        <ThreadActions
          holder={holder}
          onReturn={() => ask('return')}
          onFinish={() => ask('close')}
        />
      </ThreadHeader>
      {told.data && past.data ? (
        <Log
          thread={thread}
          held={told.data}
          episodes={past.data}
          canSend={holder === 'mine' && leftMs(thread, now) > 0 && !thread.opted_out}
        />
      ) : told.error ? (
        <ThreadFailed error={told.error} onAgain={() => void told.refetch()} />
      ) : (
        <ThreadLoading />
      )}
      <Foot thread={thread} onClaim={() => claim()} onSendAndFinish={() => ask('close')} />
      <Suspense>
        {asked === 'return' && <ReturnDialog {...dialog} />}
        {asked === 'close' && <CloseDialog {...dialog} />}
      </Suspense>
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
