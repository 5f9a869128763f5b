import i18next from 'i18next'
import en from './en.json'
import es from './es.json'
import { teach } from './language'
import source from './pt-BR.json'

export { LOCALES, type Locale, speak } from './language'

teach('translation', { 'pt-BR': source, en, es })

export default i18next
