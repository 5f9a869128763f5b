import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/Icon'
import type { Trouble } from './trouble'

/** One sentence above the fields: what happened and what happens next. Takes the focus when it comes. */
export function TroubleText({ trouble }: { trouble: Trouble }) {
  const { t } = useTranslation()
  const next =
    trouble.kind === 'throttled'
      ? t('signIn.throttledNext', { count: trouble.seconds })
      : t(`signIn.${trouble.kind}Next`)
  return (
    <p className="err" role="alert" tabIndex={-1} ref={(element) => element?.focus()}>
      <Icon name="alert" className="m" />
      <span>
        <b>{t(`signIn.${trouble.kind}`)}</b> {next}
      </span>
    </p>
  )
}
