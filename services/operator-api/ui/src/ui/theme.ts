import { Store } from './store'

export type Theme = 'system' | 'light' | 'dark'
export const THEMES: readonly Theme[] = ['system', 'light', 'dark']

function chosen(): Theme {
  const found = document.documentElement.dataset.theme
  return found === 'light' || found === 'dark' ? found : 'system'
}

export const theme = new Store<Theme>(chosen())

/** Keep the choice in a cookie: `theme.js` reads it before the first paint. */
export function choose(choice: Theme): void {
  const root = document.documentElement
  const year = 60 * 60 * 24 * 365
  if (choice === 'system') delete root.dataset.theme
  else root.dataset.theme = choice
  const age = choice === 'system' ? 0 : year
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous and not everywhere.
  document.cookie = `theme=${choice}; path=/; max-age=${age}; samesite=lax`
  theme.set(choice)
}
