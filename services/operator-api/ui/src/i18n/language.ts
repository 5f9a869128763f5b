/** Which language a page speaks. The texts are each page's own. */

import i18next, { type ResourceLanguage } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type simulator from '../simulator/i18n/pt-BR.json'
import type translation from './pt-BR.json'

export type Locale = 'pt-BR' | 'en' | 'es'

/** Each language by its own name. */
export const LOCALES: Record<Locale, string> = {
  'pt-BR': 'Português (Brasil)',
  en: 'English',
  es: 'Español',
}

const KEPT = 'locale'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: typeof translation; simulator: typeof simulator }
  }
}

function isLocale(name: string | null): name is Locale {
  return name !== null && name in LOCALES
}

/** The kept choice, else the browser's language, else the source. */
function preferred(): Locale {
  const kept = localStorage.getItem(KEPT)
  if (isLocale(kept)) return kept
  for (const wanted of navigator.languages) {
    const found = (Object.keys(LOCALES) as Locale[]).find(
      (locale) => locale.slice(0, 2) === wanted.slice(0, 2).toLowerCase(),
    )
    if (found) return found
  }
  return 'pt-BR'
}

export function speak(locale: Locale): void {
  localStorage.setItem(KEPT, locale)
  void i18next.changeLanguage(locale)
}

/** Make these texts known; the first call begins to speak. */
export function teach(
  namespace: 'translation' | 'simulator',
  texts: Record<Locale, ResourceLanguage>,
): void {
  if (!i18next.isInitialized) {
    i18next.on('languageChanged', (locale) => {
      document.documentElement.lang = locale
    })
    void i18next.use(initReactI18next).init({
      lng: preferred(),
      fallbackLng: 'pt-BR',
      resources: {},
      // React escapes what it draws.
      interpolation: { escapeValue: false },
    })
  }
  for (const [locale, words] of Object.entries(texts)) {
    i18next.addResourceBundle(locale, namespace, words)
  }
}
