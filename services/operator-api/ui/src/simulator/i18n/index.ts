import { useTranslation } from 'react-i18next'
import { teach } from '../../i18n/language'
import source from './pt-BR.json'

/** Resolves once the preferred language is there, or did not come. */
export const spoken: Promise<void> = teach('simulator', source, {
  en: () => import('./en.json'),
  es: () => import('./es.json'),
})

export function useTexts() {
  return useTranslation('simulator')
}
