import { screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Problem } from '../api'
import type { Hint } from '../feed/hints'
import type { Connection } from '../feed/machine'
import type { Wire } from '../feed/sharing'
import { type Asked, answer, noFeed, problem } from '../testing/api'
import { open } from '../testing/page'
import { ME, message, OTHER, session, thread, waiting } from '../testing/samples'

/** Longer than the pause before a command is repeated. */
const REPEATED_MS = 1_500

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

  it.each([
    ['those who wait, if nothing is theirs', { waiting: 2, mine: 0 }, '/conversas/esperando'],
    ['their own', { waiting: 2, mine: 1 }, '/conversas/minhas'],
    ['their own, if nobody waits either', { waiting: 0, mine: 0 }, '/conversas/minhas'],
  ])('leads to %s', async (_, count, path) => {
    answer('GET /api/counts', { ...count, unanswered: 0, oldest_waiting_since: null })
    answer('POST /api/session', session)
    const { router, user } = open('/')
    await signIn(user)
    await screen.findByRole('tablist')
    expect(router.state.location.pathname).toBe(path)
  })

  it('leads to what was asked for, whoever waits', async () => {
    answer('GET /api/counts', { waiting: 2, mine: 0, unanswered: 0, oldest_waiting_since: null })
    answer('POST /api/session', session)
    const { router, user } = open('/conversas/bot')
    await signIn(user)
    await screen.findByRole('tab', { name: 'Bot', selected: true })
    expect(router.state.location.pathname).toBe('/conversas/bot')
  })

  it('never leads to another site', async () => {
    answer('POST /api/session', session)
    const { router, user } = open('/entrar?para=%2F%2Fevil.example%2F')
    await signIn(user)
    await screen.findByRole('tab', { name: /Minhas/, selected: true })
    expect(router.state.location.pathname).toBe('/conversas/minhas')
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

describe('whoever leaves', () => {
  const row = waiting(0, { profile_name: 'Ana Prado', preview: 'meu CPF é 123' })
  const other = { ...session.operator, id: OTHER, name: 'Rui Alves', email: 'rui@example.com' }

  /** Everything that the query cache still knows, as text. */
  const known = (cache: ReturnType<typeof open>['cache']) =>
    JSON.stringify(
      cache
        .getQueryCache()
        .getAll()
        .map(({ state }) => state.data),
    )

  beforeEach(() => {
    answer('GET /api/session', session)
    answer('GET /api/conversations', { items: [row], next: null })
    answer('GET /api/conversations/:id', thread({ ...row }))
    answer('GET /api/conversations/:id/messages', { items: [message()], more: false })
    answer('GET /api/conversations/:id/handoffs', { items: [], more: false })
    answer('DELETE /api/session', null)
  })

  async function shown(page: ReturnType<typeof open>) {
    await screen.findByRole('heading', { name: 'Ana Prado' })
    await waitFor(() => expect(known(page.cache)).toContain('meu CPF'))
  }

  it('leaves nothing behind, on the screen or in memory', async () => {
    const page = open(`/conversas/esperando/${row.id}`)
    await shown(page)
    await page.user.click(screen.getByRole('button', { name: /Conta de Helena/ }))
    await page.user.click(await screen.findByRole('menuitem', { name: 'Sair' }))
    await screen.findByLabelText('E-mail')
    expect(page.router.state.location.href).toBe('/entrar')
    expect(known(page.cache)).toBe('[null]')
    expect(document.body).not.toHaveTextContent('Ana Prado')
  })

  it('because somebody else signs in leaves nothing behind either', async () => {
    const page = open(`/conversas/esperando/${row.id}`)
    await shown(page)
    answer('GET /api/counts', problem(401, 'signed-out'))
    void page.cache.invalidateQueries({ queryKey: ['counts'] })
    await page.user.click(await screen.findByRole('button', { name: 'Entrar com outra conta' }))
    await screen.findByLabelText('E-mail')
    expect(known(page.cache)).toBe('[null]')
  })

  it('leaves every tab', async () => {
    const page = open(`/conversas/esperando/${row.id}`)
    await shown(page)
    answer('GET /api/session', problem(401, 'signed-out'))
    fromAnotherTab({ kind: 'left' })
    await screen.findByLabelText('E-mail')
    expect(known(page.cache)).toBe('[null]')
  })

  it('gives the tabs to whoever has come', async () => {
    const page = open(`/conversas/esperando/${row.id}`)
    await shown(page)
    fromAnotherTab({ kind: 'ask', operator: ME })
    answer('GET /api/session', { ...session, operator: other })
    answer('GET /api/conversations/:id', problem(404, 'unknown'))
    answer('GET /api/conversations', { items: [], next: null })
    expect(screen.getByRole('heading', { name: 'Ana Prado' })).toBeInTheDocument()
    fromAnotherTab({ kind: 'ask', operator: OTHER })
    await screen.findByRole('button', { name: /Conta de Rui/ })
    expect(known(page.cache)).not.toContain('meu CPF')
  })

  describe('takes along', () => {
    /** Press, and be answered like this; returns the keys of all that was sent. */
    async function press(page: ReturnType<typeof open>, button: RegExp, said: Problem) {
      const sent: (string | null)[] = []
      const heard = ({ key }: Asked) => {
        sent.push(key)
        return said
      }
      answer('POST /api/conversations/:id/claim', heard)
      answer('POST /api/next', heard)
      await shown(page)
      await page.user.click(await screen.findByRole('button', { name: button }))
      await waitFor(() => expect(sent).toHaveLength(1))
      if (said.status === 401) await screen.findByText('Entre de novo, Helena')
      return sent
    }

    const repeated = () => new Promise((resolve) => setTimeout(resolve, REPEATED_MS))

    it.each([
      ['what waited for a sign-in', /^Assumir( A)?$/, problem(401, 'signed-out')],
      ['the press for the next, too', /^Assumir próxima/, problem(401, 'signed-out')],
      ['what was being repeated', /^Assumir próxima/, problem(503, 'away')],
    ] as const)('%s: it does not go for whoever has come', async (_, button, said) => {
      const sent = await press(open(`/conversas/esperando/${row.id}`), button, said)
      answer('GET /api/session', { ...session, operator: other })
      fromAnotherTab({ kind: 'ask', operator: OTHER })
      await screen.findByRole('button', { name: /Conta de Rui/ })
      await repeated()
      expect(sent).toHaveLength(1)
      expect(document.querySelector('.toast')).toBeNull()
    })

    it('what waited, also by another page of this tab', async () => {
      const page = open(`/conversas/esperando/${row.id}`)
      const sent = await press(page, /^Assumir( A)?$/, problem(401, 'signed-out'))
      await page.router.navigate({ to: '/entrar' })
      await screen.findByLabelText('E-mail')
      await repeated()
      expect(sent).toHaveLength(1)
    })
  })
})

function fromAnotherTab(message: Wire<Connection, Hint>) {
  const tab = new BroadcastChannel('handoff-feed')
  tab.postMessage(message)
  tab.close()
}
