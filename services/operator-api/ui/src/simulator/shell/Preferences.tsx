import { useId } from 'react'
import { LOCALES, type Locale, speak } from '../../i18n/language'
import { Dialog } from '../../ui/Dialog'
import { useStore } from '../../ui/store'
import { choose, THEMES, type Theme, theme } from '../../ui/theme'
import { useTexts } from '../i18n'

export function Preferences({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTexts()
  const id = useId()
  const chosen = useStore(theme)
  return (
    <Dialog title={t('nav.preferences')} onClose={onClose}>
      <div className="field">
        <label htmlFor={`${id}-language`}>{t('preferences.language')}</label>
        <select
          className="inp"
          id={`${id}-language`}
          value={i18n.language}
          onChange={(event) => void speak(event.target.value as Locale)}
        >
          {Object.entries(LOCALES).map(([locale, name]) => (
            <option key={locale} value={locale} lang={locale}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}-theme`}>{t('preferences.theme')}</label>
        <select
          className="inp"
          id={`${id}-theme`}
          value={chosen}
          onChange={(event) => choose(event.target.value as Theme)}
        >
          {THEMES.map((name) => (
            <option key={name} value={name}>
              {t(`theme.${name}`)}
            </option>
          ))}
        </select>
      </div>
      <footer>
        <button className="btn" type="button" onClick={onClose}>
          {t('dialog.shut')}
        </button>
      </footer>
    </Dialog>
  )
}
