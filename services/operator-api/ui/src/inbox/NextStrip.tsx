import { useTranslation } from 'react-i18next'
import { useClaimNext } from '../commands/claiming'
import { Button } from '../ui/Button'
import { useNow } from '../ui/clock'
import { duration } from '../ui/times'
import { TARGET_MS } from './owing'
import { useCounts, useRows } from './queries'
import type { View } from './views'

/** What G presses where everybody who waits is listed anyway. */
export function NextKey() {
  const { t } = useTranslation()
  const { claimNext } = useClaimNext('waiting')
  return (
    <button className="vh" type="button" tabIndex={-1} aria-keyshortcuts="G" onClick={claimNext}>
      {t('next.claim')}
    </button>
  )
}

/** Who waits, for how long, and one press to take the next. Nothing when nobody waits. */
export function NextStrip({ view }: { view: View }) {
  const { t } = useTranslation()
  const now = useNow()
  const { rows } = useRows('waiting')
  const count = Math.max(useCounts()?.waiting ?? 0, rows.length)
  const { claimNext, isPending } = useClaimNext(view)
  const since = rows[0]?.waiting_since
  if (!since) return null
  const waited = now - Date.parse(since)
  return (
    <div className="next">
      <p className="grow">
        <strong>{t('next.waiting', { count })}</strong>
        <small>
          {t('next.oldest')}{' '}
          <b className={waited >= TARGET_MS ? 'late' : ''}>{duration(waited, t)}</b>
        </small>
      </p>
      <Button
        className="btn btn--sm btn--pri"
        type="button"
        aria-keyshortcuts="G"
        pending={isPending ? t('claim.pending') : null}
        onClick={claimNext}
      >
        {t('next.claim')} <kbd>G</kbd>
      </Button>
    </div>
  )
}
