import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../ui/Dialog'
import { Switch } from '../ui/Switch'
import { useStore } from '../ui/store'
import { allowSingleKeys, singleKeys } from './shortcuts'

/** As they are read: what stands between spaces is a key, or a sign between keys. */
const KEYS = [
  ['next', 'J / K'],
  ['open', 'Enter / O'],
  ['tabs', '1 … 5'],
  ['claimNext', 'G'],
  ['claim', 'A'],
  ['return', 'B'],
  ['close', 'E'],
  ['reply', 'R'],
  ['brief', 'H'],
  ['messages', 'Alt ↑ / Alt ↓'],
  ['panes', 'F6 / Shift F6'],
  ['send', 'Enter'],
  ['sendClose', 'Ctrl Enter'],
  ['newLine', 'Shift Enter'],
  ['leave', 'Esc'],
  ['help', '?'],
] as const

const SIGNS = ['/', '…']

export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const on = useStore(singleKeys)
  return (
    <Dialog title={t('keys.title')} onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([name, keys]) => (
          <div key={name} className="keys__row">
            <dt>{t(`keys.${name}`)}</dt>
            <dd>
              {keys.split(' ').map((key, at) => (
                <Fragment key={at}>
                  {at > 0 && ' '}
                  {SIGNS.includes(key) ? key : <kbd>{key}</kbd>}
                </Fragment>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <Switch on={on} onChange={allowSingleKeys}>
        {t('keys.single')}
      </Switch>
      <footer>
        <button className="btn" type="button" onClick={onClose}>
          {t('dialog.shut')}
        </button>
      </footer>
    </Dialog>
  )
}
