import i18next from 'i18next'
import { teach } from './language'
import source from './pt-BR.json'

export { LOCALES, type Locale, speak } from './language'

/** Resolves once the preferred language is there, or did not come. */
export const spoken: Promise<void> = teach('translation', source, {
  en: () => import('./en.json'),
  es: () => import('./es.json'),
})

export default i18next
