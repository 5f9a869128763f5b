import { screen, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { marina, serve, signedIn } from '../testing/marina'
import { open } from '../testing/page'
import * as sample from '../testing/samples'

const ours = { ...marina, owner: sample.mine, waiting_since: null, epoch: 7 }

beforeEach(signedIn)

/** Marina's thread. */
async function atMarinas() {
  serve(ours)
  const page = open(`/conversas/minhas/${marina.id}`)
  const box = await screen.findByRole('textbox', { name: 'Mensagem para Marina' })
  await screen.findByRole('article', { name: 'Resumo da passagem' })
  return { ...page, box }
}

describe('a key', () => {
  it('is shown with what it presses', async () => {
    const { box } = await atMarinas()
    expect(screen.getByRole('tab', { name: /^Minhas/ })).toHaveAttribute('title', 'Tecla 2')
    expect(screen.getByRole('tab', { name: /^Encerradas/ })).toHaveAttribute('title', 'Tecla 5')
    expect(box).toHaveAttribute('title', 'Responder (R)')
    const see = screen.getByRole('button', { name: /^Ver( H)?$/ })
    expect(within(see).getByText('H').tagName).toBe('KBD')
  })
})
