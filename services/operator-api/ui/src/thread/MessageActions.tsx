import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Message } from '../api'
import { useDesk } from '../desk'
import { Button } from '../ui/Button'
import { Icon } from '../ui/Icon'
import { useConversationId } from './conversation'
import { CAN_REPEAT, failureOf } from './receipts'

interface Props {
  message: Message
  me: string
  canSend: boolean
}

/** Why it was not sent, and the one sensible action. */
export function FailureActions({ message, me, canSend }: Props) {
  const { t } = useTranslation()
  const { outbox, drafts } = useDesk()
  const conversation = useConversationId()
  const failure = failureOf(message.code)
  const mine = message.operator_id === me && canSend
  return (
    <div className="msg__fail" role="alert">
      <Icon name="alert" className="s" />
      <span title={message.code ? t('failure.code', { code: message.code }) : undefined}>
        {t(`failure.${failure}`)}
      </span>
      {mine && CAN_REPEAT[failure] && (
        <button
          className="btn btn--sm"
          type="button"
          onClick={() => outbox.add(conversation, message.text)}
        >
          <Icon name="refresh" />
          {t('failure.again')}
        </button>
      )}
      {mine && !CAN_REPEAT[failure] && (
        <button
          className="btn btn--sm"
          type="button"
          onClick={() => drafts.giveBack(conversation, message.text)}
        >
          <Icon name="edit" />
          {t('failure.edit')}
        </button>
      )}
    </div>
  )
}

/** Nobody knows whether it arrived: its author decides, once. */
export function DoubtActions({ message }: Props) {
  const { t } = useTranslation()
  const desk = useDesk()
  const conversation = useConversationId()
  const deciding = useMutation({
    mutationFn: (resend: boolean) =>
      desk.command(conversation, () => ({
        kind: 'decide',
        message: message.id,
        body: { epoch: desk.epochOf(conversation), resend },
      })),
    onSuccess: (decision) => {
      if (decision.status === 'refused')
        desk.notices.add({ kind: 'refused', reason: decision.reason })
    },
    onError: () => desk.notices.add({ kind: 'failed' }),
  })
  const reason = deciding.isPending ? t('doubt.deciding') : null
  return (
    <div className="msg__fail msg__fail--doubt">
      <Icon name="hourglass" className="s" />
      <span>
        {t('doubt.text')}{' '}
        {!message.can_decide && message.status === 'doubtful' && t('doubt.others')}
      </span>
      {message.can_decide && (
        <>
          <Button
            className="btn btn--sm"
            type="button"
            reason={reason}
            onClick={() => deciding.mutate(true)}
          >
            {t('doubt.resend')}
          </Button>
          <Button
            className="btn btn--sm btn--quiet"
            type="button"
            reason={reason}
            onClick={() => deciding.mutate(false)}
          >
            {t('doubt.leave')}
          </Button>
        </>
      )}
    </div>
  )
}
