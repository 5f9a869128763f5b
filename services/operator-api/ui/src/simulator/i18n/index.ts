import { useTranslation } from 'react-i18next'
import { teach } from '../../i18n/language'
import en from './en.json'
import es from './es.json'
import source from './pt-BR.json'

teach('simulator', { 'pt-BR': source, en, es })

export function useTexts() {
  return useTranslation('simulator')
}
