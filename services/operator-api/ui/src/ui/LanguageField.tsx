import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { LOCALES, type Locale, speak } from '../i18n'

export function LanguageField() {
  const { t, i18n } = useTranslation()
  const id = useId()
  return (
    <>
      <label className="vh" htmlFor={id}>
        {t('account.language')}
      </label>
      <select
        className="inp inp--auto"
        id={id}
        value={i18n.language}
        onChange={(event) => void speak(event.target.value as Locale)}
      >
        {Object.entries(LOCALES).map(([locale, name]) => (
          <option key={locale} value={locale} lang={locale}>
            {name}
          </option>
        ))}
      </select>
    </>
  )
}
