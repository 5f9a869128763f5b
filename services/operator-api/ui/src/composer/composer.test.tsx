import { screen } from '@testing-library/react'
import { beforeEach, expect, it } from 'vitest'
import { marina, serve, signedIn } from '../testing/marina'
import { open } from '../testing/page'
import * as sample from '../testing/samples'
import { TEXT_LIMIT } from './standing'

beforeEach(signedIn)

it('says why it sends nothing', async () => {
  serve({ ...marina, owner: sample.mine, waiting_since: null })
  const { user } = open(`/conversas/minhas/${marina.id}`)
  const box = await screen.findByRole('textbox', { name: 'Mensagem para Marina' })
  const send = screen.getByRole('button', { name: 'Enviar' })
  expect(send).toHaveAccessibleDescription('Escreva a mensagem antes de enviar.')
  await user.type(box, 'Oi')
  expect(send).not.toHaveAccessibleDescription()
  await user.clear(box)
  await user.click(box)
  await user.paste('a'.repeat(TEXT_LIMIT + 1))
  expect(send).toHaveAccessibleDescription(/^Longa demais/)
})
