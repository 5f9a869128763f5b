import { screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { answer, problem } from '../testing/api'
import { accepted, marina, serve, signedIn } from '../testing/marina'
import { open } from '../testing/page'
import * as sample from '../testing/samples'

beforeEach(signedIn)

describe('G', () => {
  it('waits for a sign-in, and goes on by itself', async () => {
    const world = serve()
    let isSignedIn = false
    answer('POST /api/session', () => {
      isSignedIn = true
      return sample.session
    })
    answer('POST /api/next', () => {
      if (!isSignedIn) return problem(401, 'signed-out')
      world.thread = { ...marina, owner: sample.mine, waiting_since: null, epoch: 1, version: 2 }
      return { ...accepted({ owner: sample.mine }), conversation_id: marina.id }
    })
    const { router, user } = open('/conversas/esperando')
    await screen.findByRole('link', { name: /Marina Couto/ })
    await user.keyboard('g')
    await screen.findByRole('heading', { name: 'Entre de novo, Helena' })
    expect(screen.queryByText(/Não deu certo agora/)).not.toBeInTheDocument()
    await user.type(screen.getByLabelText('Senha'), 'padariafornada')
    await user.click(screen.getByRole('button', { name: 'Entrar e continuar' }))
    await waitFor(() => expect(router.state.location.pathname).toContain(marina.id))
    expect(await screen.findByRole('textbox', { name: 'Mensagem para Marina' })).toHaveFocus()
  })

  it('does not say that nobody waits when others were faster', async () => {
    serve()
    answer('POST /api/next', problem(409, 'others-faster'))
    const { user } = open('/conversas/esperando')
    await screen.findByRole('link', { name: /Marina Couto/ })
    await user.keyboard('g')
    expect(await screen.findByText(/foram mais rápidas/)).toBeInTheDocument()
    expect(screen.queryByText('Ninguém mais espera na fila.')).not.toBeInTheDocument()
  })
})
