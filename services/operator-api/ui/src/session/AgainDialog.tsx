import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { firstName } from '../ui/people'
import { PasswordField } from './PasswordField'
import { enter } from './queries'
import { TroubleText } from './TroubleText'
import { troubleOf } from './trouble'

interface Props {
  /** It has not ended yet: there is a later. */
  onClose?: () => void
}

/** The session ended, or is about to: the same person goes on over the same page, and nothing is lost. */
export default function AgainDialog({ onClose }: Props) {
  const { t } = useTranslation()
  const cache = useQueryClient()
  const desk = useDesk()
  const { name, email } = desk.operator
  const signing = useMutation({
    mutationFn: (password: string) => enter(cache, { email, password }),
    onSuccess: () => {
      desk.signedInAgain()
      onClose?.()
    },
  })
  return (
    <Dialog
      title={t('signIn.again', { name: firstName(name) })}
      onClose={onClose ?? (() => undefined)}
    >
      <form
        className="dlg__form"
        onSubmit={(event) => {
          event.preventDefault()
          signing.mutate(String(new FormData(event.currentTarget).get('password')))
        }}
      >
        <p>{t(onClose ? 'signIn.early' : 'signIn.againText')}</p>
        {signing.isError && (
          <TroubleText key={signing.submittedAt} trouble={troubleOf(signing.error)} />
        )}
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <PasswordField invalid={signing.isError} />
        <footer>
          {onClose ? (
            <button className="btn" type="button" onClick={onClose}>
              {t('dialog.cancel')}
            </button>
          ) : (
            <button className="btn" type="button" onClick={desk.leave}>
              {t('signIn.other')}
            </button>
          )}
          <Button
            className="btn btn--pri"
            type="submit"
            pending={signing.isPending ? t('signIn.entering') : null}
          >
            {t('signIn.againEnter')}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
