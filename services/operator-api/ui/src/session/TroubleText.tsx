import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/Icon'
import { duration } from '../ui/times'
import type { Trouble } from './trouble'

const MINUTE_S = 60

/** Rounded up: who waits as long as they are told must not be refused again. */
function wait(seconds: number, t: TFunction): string {
  if (seconds < MINUTE_S) return t('time.seconds', { count: seconds })
  return duration(Math.ceil(seconds / MINUTE_S) * MINUTE_S * 1_000, t)
}

/** One sentence above the fields: what happened and what happens next. Takes the focus when it comes. */
export function TroubleText({ trouble }: { trouble: Trouble }) {
  const { t } = useTranslation()
  const next =
    trouble.kind === 'throttled'
      ? t('signIn.throttledNext', { wait: wait(trouble.seconds, t) })
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
