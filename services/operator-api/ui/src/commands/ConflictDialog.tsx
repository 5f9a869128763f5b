import { useTranslation } from 'react-i18next'
import { Dialog } from '../ui/Dialog'
import type { Lost } from './claiming'

interface Props {
  lost: Lost
  onStay: () => void
  onNext: () => void
}

/** The server decided; nothing that was typed is gone. */
export function ConflictDialog({ lost, onStay, onNext }: Props) {
  const { t } = useTranslation()
  const name = lost.owner?.operator_name ?? t('owner.someone')
  return (
    <Dialog alert title={t('conflict.title', { name })} onClose={onStay}>
      <p>{t('conflict.text')}</p>
      <footer>
        <button className="btn" type="button" onClick={onStay}>
          {t('conflict.stay')}
        </button>
        <button className="btn btn--pri" type="button" onClick={onNext}>
          {t('conflict.next')}
        </button>
      </footer>
    </Dialog>
  )
}
