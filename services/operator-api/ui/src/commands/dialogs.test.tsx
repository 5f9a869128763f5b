import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { answer } from '../testing/api'
import { gate } from '../testing/gate'
import { accepted, marina, serve, signedIn } from '../testing/marina'
import { open } from '../testing/page'
import * as sample from '../testing/samples'

const ours = { ...marina, owner: sample.mine, waiting_since: null, epoch: 7 }

beforeEach(signedIn)

describe.each([
  ['return', 'B', 'Devolver ao bot', 'Devolver', 'Devolvendo…'],
  ['close', 'E', 'Finalizar atendimento', /^Finalizar/, 'Finalizando…'],
] as const)('the dialog to %s', (command, key, title, confirm, pending) => {
  it('says that it is at work, and is sent once', async () => {
    serve(ours)
    const { opened, open: letGo } = gate()
    let asked = 0
    answer(`POST /api/conversations/:id/${command}`, async () => {
      asked += 1
      await opened
      return accepted({ owner: sample.bot })
    })
    const { user } = open(`/conversas/minhas/${marina.id}`)
    await screen.findByRole('textbox', { name: 'Mensagem para Marina' })
    await user.keyboard(key.toLowerCase())
    const dialog = await screen.findByRole('dialog', { name: title })
    await user.click(within(dialog).getByRole('button', { name: confirm }))
    const busy = await within(dialog).findByRole('button', { name: pending })
    expect(busy).toHaveAttribute('aria-disabled', 'true')
    await user.click(busy)
    letGo()
    await waitFor(() => expect(dialog).not.toBeInTheDocument())
    expect(asked).toBe(1)
  })
})
