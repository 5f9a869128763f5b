import { useMutation } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Close } from '../client'
import { useDesk } from '../desk'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Icon } from '../ui/Icon'

const OUTCOMES: readonly Close['outcome'][] = ['resolved', 'unresolved', 'no_answer']

interface Props {
  conversation: string
  name: string
  onClose: () => void
  /** It was done: the dialog closes, and so does the matter. */
  onDone: () => void
}

export default function CloseDialog({ conversation, name, onClose, onDone }: Props) {
  const { t } = useTranslation()
  const desk = useDesk()
  const id = useId()
  const closing = useMutation({
    mutationFn: ({ outcome, note }: Pick<Close, 'outcome' | 'note'>) =>
      desk.command(conversation, () => ({
        kind: 'close',
        body: {
          epoch: desk.epochOf(conversation),
          seq: desk.seqOf(conversation),
          outcome,
          note,
        },
      })),
    onSuccess: (decision) => {
      if (decision.status === 'refused') {
        desk.notices.add({ kind: 'refused', reason: decision.reason })
        return onClose()
      }
      desk.notices.add({ kind: 'closed', name })
      onDone()
    },
    onError: () => desk.notices.add({ kind: 'failed' }),
  })
  return (
    <Dialog title={t('close.title')} onClose={onClose}>
      <form
        className="dlg__form"
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          const outcome = OUTCOMES.find((each) => each === form.get('outcome')) ?? 'resolved'
          closing.mutate({ outcome, note: String(form.get('note')) })
        }}
      >
        <div className="field">
          <label htmlFor={`${id}-outcome`}>{t('close.outcome')}</label>
          <select className="inp" id={`${id}-outcome`} name="outcome" defaultValue="resolved">
            {OUTCOMES.map((outcome) => (
              <option key={outcome} value={outcome}>
                {t(`outcome.${outcome}`)}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${id}-note`}>{t('close.note')}</label>
          <textarea className="inp" id={`${id}-note`} name="note" rows={2} maxLength={2000} />
        </div>
        <p className="hint">{t('close.hint')}</p>
        <footer>
          <button className="btn" type="button" onClick={onClose}>
            {t('dialog.cancel')}
          </button>
          <Button
            className="btn btn--pri"
            type="submit"
            pending={closing.isPending ? t('close.pending') : null}
          >
            <Icon name="done" />
            {t('close.confirm')} <kbd>↵</kbd>
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
