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

export function speak(locale: Locale): Promise<void> {
  localStorage.setItem(KEPT, locale)
  return use(locale)
}

type Namespace = 'translation' | 'simulator'
type Texts = () => Promise<{ default: ResourceLanguage }>
type Others = Record<Exclude<Locale, 'pt-BR'>, Texts>

const taught = new Map<Namespace, Others>()

/** A language that does not come leaves the page in the one that it speaks. */
async function use(locale: Locale): Promise<void> {
  if (locale !== 'pt-BR') {
    for (const [namespace, others] of taught) {
      const texts = await others[locale]()
      i18next.addResourceBundle(locale, namespace, texts.default)
    }
  }
  await i18next.changeLanguage(locale)
}

/**
 * Make a page's texts known: the source comes with the page, the others when somebody speaks them.
 * Resolves once the preferred language is there, or did not come.
 */
export function teach(
  namespace: Namespace,
  source: ResourceLanguage,
  others: Others,
): Promise<void> {
  if (!i18next.isInitialized) {
    i18next.on('languageChanged', (locale) => {
      document.documentElement.lang = locale
    })
    void i18next.use(initReactI18next).init({
      lng: 'pt-BR',
      fallbackLng: 'pt-BR',
      resources: {},
      // React escapes what it draws.
      interpolation: { escapeValue: false },
    })
  }
  i18next.addResourceBundle('pt-BR', namespace, source)
  taught.set(namespace, others)
  return use(preferred()).catch(() => undefined)
}
