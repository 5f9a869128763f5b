import '@testing-library/jest-dom/vitest'
import '../i18n'
import { cleanup, configure } from '@testing-library/react'
import i18next from 'i18next'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { ahead } from '../ui/clock'
import { server } from './api'

// An upper bound: a busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 5_000 })

/** What jsdom does not have. */
class NoObserver implements ResizeObserver, IntersectionObserver {
  readonly root = null
  readonly rootMargin = ''
  readonly scrollMargin = ''
  readonly thresholds = []
  observe() {}
  unobserve() {}
  disconnect() {}
  takeRecords() {
    return []
  }
}
globalThis.ResizeObserver ??= NoObserver
globalThis.IntersectionObserver ??= NoObserver
HTMLDialogElement.prototype.showModal ??= function open(this: HTMLDialogElement) {
  this.open = true
}
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false
}
Element.prototype.scrollIntoView ??= () => {}
Element.prototype.checkVisibility ??= () => true
Element.prototype.scrollIntoView ??= () => undefined

// Upper bounds: a busy machine is slow, and that is no failure.
configure({ asyncUtilTimeout: 15_000 })
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
beforeEach(() => i18next.changeLanguage('pt-BR'))
afterEach(() => {
  cleanup()
  server.resetHandlers()
  localStorage.clear()
  ahead.set(0)
})
afterAll(() => server.close())
