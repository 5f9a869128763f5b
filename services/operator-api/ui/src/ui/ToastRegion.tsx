import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk'
import { Icon, type IconName } from './Icon'
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
    case 'unsent':
      return t('toast.unsent', { name: notice.name })
    case 'failed':
    case 'nobodyWaits':
    case 'othersFaster':
    case 'back':
    case 'discarded':
      return t(`toast.${notice.kind}`)
  }
}

/** What can be done about it; none where it is said for information only. */
function actionOf(notice: Notice): { name: 'toast.see' | 'toast.undo'; run: () => void } | null {
  if (notice.kind === 'unsent') return { name: 'toast.see', run: notice.open }
  if (notice.kind === 'discarded') return { name: 'toast.undo', run: notice.undo }
  return null
}

const ICON: Record<Notice['kind'], IconName> = {
  refused: 'alert',
  failed: 'alert',
  unsent: 'alert',
  closed: 'done',
  returned: 'done',
  back: 'done',
  discarded: 'done',
  nobodyWaits: 'alert',
  othersFaster: 'alert',
}

export function ToastRegion() {
  const { t } = useTranslation()
  const { notices } = useDesk()
  const shown = useStore(notices)
  return (
    <section className="toasts" aria-label={t('toast.label')} aria-live="polite">
      {shown.map((toast) => {
        const action = actionOf(toast)
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: pausing is a courtesy to the pointer, not a control.
          <div
            key={toast.id}
            className="toast"
            onPointerEnter={() => notices.hold(toast.id)}
            onPointerLeave={() => notices.release(toast.id)}
            onFocus={() => notices.hold(toast.id)}
            onBlur={() => notices.release(toast.id)}
          >
            <Icon name={ICON[toast.kind]} />
            <span>{said(toast, t)}</span>
            {action && (
              <button
                type="button"
                onClick={() => {
                  action.run()
                  notices.remove(toast.id)
                }}
              >
                {t(action.name)}
              </button>
            )}
            <button
              className="toast__x"
              type="button"
              aria-label={t('dialog.shut')}
              onClick={() => notices.remove(toast.id)}
            >
              <Icon name="x" className="m" />
            </button>
          </div>
        )
      })}
    </section>
  )
}
