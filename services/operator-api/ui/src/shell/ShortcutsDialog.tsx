import { useTranslation } from 'react-i18next'
import { Dialog } from '../ui/Dialog'
import { useStore } from '../ui/store'
import { allowSingleKeys, singleKeys } from './shortcuts'

const KEYS = [
  ['next', ['J', 'K']],
  ['tabs', ['1', '2', '3', '4']],
  ['claimNext', ['G']],
  ['claim', ['A']],
  ['return', ['B']],
  ['close', ['E']],
  ['reply', ['R']],
  ['brief', ['H']],
  ['panes', ['F6']],
  ['send', ['Enter']],
  ['sendClose', ['Ctrl', 'Enter']],
  ['newLine', ['Shift', 'Enter']],
  ['help', ['?']],
] as const

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const on = useStore(singleKeys)
  return (
    <Dialog title={t('keys.title')} onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([name, keys]) => (
          <div key={name} className="keys__row">
            <dt>{t(`keys.${name}`)}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <label className="switch">
        <input
          type="checkbox"
          role="switch"
          aria-checked={on}
          checked={on}
          onChange={(event) => allowSingleKeys(event.target.checked)}
        />
        <i />
        {t('keys.single')}
      </label>
      <footer>
        <button className="btn" type="button" onClick={onClose}>
          {t('dialog.shut')}
        </button>
      </footer>
    </Dialog>
  )
}
