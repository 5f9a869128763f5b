import { screen, within } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import { serve, signedIn } from '../testing/marina'
import { open } from '../testing/page'

beforeEach(signedIn)

it('tells alternatives from keys that are pressed together', async () => {
  const complaints = vi.spyOn(console, 'error')
  serve()
  const { user } = open('/conversas/esperando')
  await screen.findByRole('link', { name: /Marina Couto/ })
  await user.keyboard('?')
  const dialog = await screen.findByRole('dialog', { name: 'Atalhos do teclado' })
  const keysOf = (name: string) => within(dialog).getByText(name).nextElementSibling
  expect(keysOf('Próximo painel / anterior')).toHaveTextContent(/^F6 \/ Shift F6$/)
  expect(keysOf('Mensagem anterior / próxima')).toHaveTextContent(/^Alt ↑ \/ Alt ↓$/)
  expect(keysOf('Abas da lista')).toHaveTextContent(/^1 … 5$/)
  expect(keysOf('Nova linha')).toHaveTextContent(/^Shift Enter$/)
  expect(keysOf('Próxima / anterior')?.querySelectorAll('kbd')).toHaveLength(2)
  expect(complaints).not.toHaveBeenCalled()
})
