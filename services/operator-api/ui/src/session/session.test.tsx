import { screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { answer, noFeed, problem } from '../testing/api'
import { open } from '../testing/page'
import { session } from '../testing/samples'

beforeEach(() => {
  noFeed()
  answer('GET /api/session', problem(401, 'signed-out'))
  answer('GET /api/counts', { waiting: 0, mine: 0, unanswered: 0, oldest_waiting_since: null })
  answer('GET /api/conversations', { items: [], next: null })
  answer('GET /api/changes', { items: [], next: null, as_of: '2026-06-12T12:00:00Z' })
})

async function signIn(user: ReturnType<typeof open>['user'], email = 'helena@example.com') {
  await user.type(await screen.findByLabelText('E-mail'), email)
  await user.type(screen.getByLabelText('Senha'), 'padariafornada')
  await user.click(screen.getByRole('button', { name: 'Entrar' }))
}

describe('signing in', () => {
  it('is asked of everybody, and leads back to the page that asked', async () => {
    const { router, user } = open('/conversas/esperando')
    await screen.findByRole('heading', { name: 'Seus clientes já estão na conversa.' })
    expect(router.state.location.search).toEqual({ para: '/conversas/esperando' })
    answer('POST /api/session', session)
    await signIn(user)
    await screen.findByRole('tab', { name: /Esperando/, selected: true })
    expect(router.state.location.pathname).toBe('/conversas/esperando')
  })

  it('that fails says so in one sentence with the focus, keeps the address, names no field', async () => {
    answer('POST /api/session', problem(401, 'wrong-credentials'))
    const { user } = open('/entrar')
    await signIn(user)
    const alert = await screen.findByRole('alert')
    expect(alert).toHaveTextContent('E-mail ou senha não conferem.')
    expect(alert).toHaveFocus()
    expect(screen.getByLabelText('E-mail')).toHaveValue('helena@example.com')
  })

  it('that is held back says for how long', async () => {
    answer('POST /api/session', problem(429, 'too-many-attempts'))
    const { user } = open('/entrar')
    await signIn(user)
    expect(await screen.findByRole('alert')).toHaveTextContent('em 30 segundos')
  })

  it('speaks three languages', async () => {
    const { user } = open('/entrar')
    await user.selectOptions(await screen.findByLabelText('Idioma'), 'en')
    expect(await screen.findByRole('button', { name: 'Sign in' })).toBeInTheDocument()
    await user.selectOptions(screen.getByLabelText('Language'), 'es')
    await waitFor(() => expect(document.documentElement.lang).toBe('es'))
    expect(screen.getByRole('button', { name: 'Entrar' })).toBeInTheDocument()
  })

  it('never leads to another site', async () => {
    answer('POST /api/session', session)
    const { router, user } = open('/entrar?para=%2F%2Fevil.example%2F')
    await signIn(user)
    await screen.findByRole('tab', { name: /Minhas/, selected: true })
    expect(router.state.location.pathname).toBe('/conversas')
  })
})

describe('a session that ends', () => {
  it('is renewed over the page, which stays', async () => {
    answer('GET /api/session', session)
    const { cache, user } = open('/conversas/minhas')
    await screen.findByText('Nenhuma conversa com você')
    answer('GET /api/counts', problem(401, 'signed-out'))
    void cache.invalidateQueries({ queryKey: ['counts'] })
    await screen.findByRole('heading', { name: 'Entre de novo, Helena' })
    expect(screen.getByText('Nenhuma conversa com você')).toBeInTheDocument()
    answer('GET /api/counts', { waiting: 0, mine: 0, unanswered: 0, oldest_waiting_since: null })
    answer('POST /api/session', session)
    await user.type(screen.getByLabelText('Senha'), 'padariafornada')
    await user.click(screen.getByRole('button', { name: 'Entrar e continuar' }))
    await waitFor(() => expect(screen.queryByText('Entre de novo, Helena')).not.toBeInTheDocument())
  })
})
