import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk'
import { Icon } from './Icon'
import type { Notice } from './notices'
import { useStore } from './store'

function said(notice: Notice, t: TFunction): string {
  switch (notice.kind) {
    case 'refused':
      return t(`refusal.${notice.reason}`)
    case 'closed':
      return t('toast.closed', { name: notice.name })
    case 'returned':
      return t('toast.returned', { name: notice.name })
    case 'failed':
      return t('toast.failed')
    case 'nobodyWaits':
      return t('toast.nobodyWaits')
  }
}

export function ToastRegion() {
  const { t } = useTranslation()
  const { notices } = useDesk()
  const shown = useStore(notices)
  return (
    <section className="toasts" aria-label={t('toast.label')} aria-live="polite">
      {shown.map((toast) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: pausing is a courtesy to the pointer, not a control.
        <div
          key={toast.id}
          className="toast"
          onPointerEnter={() => notices.hold(toast.id)}
          onPointerLeave={() => notices.release(toast.id)}
          onFocus={() => notices.hold(toast.id)}
          onBlur={() => notices.release(toast.id)}
        >
          <Icon name={toast.kind === 'closed' || toast.kind === 'returned' ? 'done' : 'alert'} />
          <span>{said(toast, t)}</span>
          <button
            type="button"
            aria-label={t('dialog.shut')}
            onClick={() => notices.remove(toast.id)}
          >
            <Icon name="x" className="m" />
          </button>
        </div>
      ))}
    </section>
  )
}
