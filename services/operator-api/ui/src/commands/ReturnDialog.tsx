import { useMutation } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Icon } from '../ui/Icon'

interface Props {
  conversation: string
  name: string
  onClose: () => void
  /** It was done: the dialog closes, and so does the matter. */
  onDone: () => void
}

/** What the bot must know, so that it does not start all over. */
export default function ReturnDialog({ conversation, name, onClose, onDone }: Props) {
  const { t } = useTranslation()
  const desk = useDesk()
  const note = useId()
  const returning = useMutation({
    mutationFn: (text: string) =>
      desk.command(conversation, () => ({
        kind: 'return',
        body: { epoch: desk.epochOf(conversation), note: text },
      })),
    onSuccess: (decision) => {
      if (decision.status === 'refused') {
        desk.notices.add({ kind: 'refused', reason: decision.reason })
        return onClose()
      }
      desk.notices.add({ kind: 'returned', name })
      onDone()
    },
    onError: () => desk.notices.add({ kind: 'failed' }),
  })
  return (
    <Dialog title={t('return.title')} onClose={onClose}>
      <form
        className="dlg__form"
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          returning.mutate(String(form.get('note')))
        }}
      >
        <div className="field">
          <label htmlFor={note}>{t('return.note')}</label>
          <textarea
            className="inp"
            id={note}
            name="note"
            rows={4}
            maxLength={2000}
            aria-describedby={`${note}-hint`}
          />
          <span className="hint" id={`${note}-hint`}>
            {t('return.hint')}
          </span>
        </div>
        <footer>
          <button className="btn" type="button" onClick={onClose}>
            {t('dialog.cancel')}
          </button>
          <Button
            className="btn btn--botpri"
            type="submit"
            pending={returning.isPending ? t('return.pending') : null}
          >
            <Icon name="return" />
            {t('return.confirm')}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
