import { act, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { keys } from '../keys'
import { type Asked, answer, problem } from '../testing/api'
import { accepted, marina, now, serve, signedIn } from '../testing/marina'
import { open } from '../testing/page'
import * as sample from '../testing/samples'
import { ahead } from '../ui/clock'

const page = () => open(`/conversas/esperando/${marina.id}`)

beforeEach(signedIn)

describe('the list', () => {
  it('says who waits, why and for how long, and counts in the title', async () => {
    serve()
    open('/conversas/esperando')
    const row = await screen.findByRole('link', { name: /Marina Couto/ })
    expect(row).toHaveTextContent('Pediu atendente')
    expect(row).toHaveTextContent('Na fila')
    expect(row).toHaveClass('row--wait')
    await waitFor(() => expect(document.title).toBe('(1) Conversas · HandoffFlow'))
  })

  it('marks whom nobody has claimed in time, even before our own target', async () => {
    serve({ ...marina, overdue_at: now })
    open('/conversas/esperando')
    const row = await screen.findByRole('link', { name: /Marina Couto/ })
    expect(row).toHaveTextContent('Ninguém assumiu')
    expect(screen.getByText('Fora do prazo de 5 min')).toBeInTheDocument()
  })

  it('says what is going on when it is empty, and when it did not come', async () => {
    answer('GET /api/conversations', { items: [], next: null })
    const first = open('/conversas/bot')
    expect(await screen.findByText('O bot está livre')).toBeInTheDocument()
    first.unmount()
    answer('GET /api/conversations', problem(500, 'broken'))
    open('/conversas/bot')
    expect(await screen.findByText('Não deu para buscar as conversas')).toBeInTheDocument()
  })

  it('is walked with arrows between tabs and J between rows', async () => {
    serve()
    const { router, user } = open('/conversas/minhas')
    const tab = await screen.findByRole('tab', { name: /Minhas/ })
    tab.focus()
    await user.keyboard('{ArrowLeft}')
    expect(await screen.findByRole('tab', { name: /Esperando/, selected: true })).toHaveFocus()
    await screen.findByRole('link', { name: /Marina Couto/ })
    ;(document.activeElement as HTMLElement).blur()
    await user.keyboard('j')
    await waitFor(() => expect(router.state.location.pathname).toContain(marina.id))
    await waitFor(() => expect(screen.getByRole('link', { name: /Marina Couto/ })).toHaveFocus())
  })

  it('is one of the regions that F6 goes round, each entered where one goes on', async () => {
    serve({ ...marina, owner: sample.mine, waiting_since: null })
    const { user } = open(`/conversas/minhas/${marina.id}`)
    const box = await screen.findByLabelText('Mensagem para Marina')
    const row = await screen.findByRole('link', { name: /Marina Couto/ })
    const rail = screen.getByRole('link', { name: /^Conversas/ })
    ;(document.activeElement as HTMLElement).blur()
    for (const next of [rail, row, box, rail]) {
      await user.keyboard('{F6}')
      expect(next).toHaveFocus()
    }
    for (const before of [box, row, rail]) {
      await user.keyboard('{Shift>}{F6}{/Shift}')
      expect(before).toHaveFocus()
    }
    rail.blur()
    await user.keyboard('{Shift>}{F6}{/Shift}')
    expect(box).toHaveFocus()
    await user.keyboard('{Escape}')
    expect(box).not.toHaveFocus()
  })

  it('gives whoever waits longest to G, on the tab of those who wait too', async () => {
    serve()
    const taken: string[] = []
    answer('POST /api/next', ({ key }) => {
      taken.push(key ?? '')
      return problem(404, 'nobody-waits')
    })
    const { user } = open('/conversas/esperando')
    await screen.findByRole('link', { name: /Marina Couto/ })
    await user.keyboard('g')
    expect(await screen.findByText('Ninguém mais espera na fila.')).toBeInTheDocument()
    expect(taken).toHaveLength(1)
  })
})

describe('the thread', () => {
  it('tells who conducted, with the brief at the handoff', async () => {
    serve()
    page()
    const bot = await screen.findByRole('region', { name: /O bot conduziu/ })
    expect(within(bot).getAllByRole('listitem')).toHaveLength(4) // a day and three messages
    const queue = screen.getByRole('region', { name: /Passagem do bot para a equipe/ })
    const brief = within(queue).getByRole('article', { name: 'Resumo da passagem' })
    expect(brief).toHaveTextContent('A pessoa pediu atendimento humano.')
    expect(brief).toHaveTextContent('saber se abre domingo')
  })

  it('of somebody else cannot be written in, and says why', async () => {
    serve({ ...marina, owner: sample.caios })
    page()
    expect(await screen.findByText('Caio Menezes conduz esta conversa')).toBeInTheDocument()
    expect(screen.queryByRole('textbox', { name: /Mensagem/ })).not.toBeInTheDocument()
  })

  it('whose window has closed says so and keeps the draft in sight', async () => {
    localStorage.setItem(
      `draft:${sample.ME}:${marina.id}`,
      JSON.stringify({ text: 'Oi, Marina', at: 1 }),
    )
    serve({ ...marina, owner: sample.mine, window_open_until: sample.at(0) })
    page()
    expect(await screen.findByText('A janela de 24 horas fechou')).toBeInTheDocument()
    const foot = screen.getByText('Rascunho guardado').closest('details')
    expect(foot).toHaveTextContent('Oi, Marina')
  })

  it('shows why a message was not sent, and sends it again', async () => {
    const failed = sample.message({
      seq: 4,
      author: 'operator',
      operator_id: sample.ME,
      operator_name: 'Helena Prado',
      text: 'Os 60 pães estão confirmados',
      status: 'refused',
      code: 63018,
    })
    const world = serve({
      ...marina,
      owner: sample.mine,
      window_open_until: '2099-01-01T00:00:00Z',
    })
    world.messages.push(failed)
    const asked: Asked[] = []
    answer('POST /api/conversations/:id/reply', (each) => {
      asked.push(each)
      return accepted({ owner: sample.mine })
    })
    const { user } = page()
    expect(await screen.findByText('O canal passou do limite de envios.')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Enviar de novo' }))
    await waitFor(() =>
      expect(asked[0]?.body).toMatchObject({ text: 'Os 60 pães estão confirmados' }),
    )
  })
})

describe('claiming', () => {
  it('opens the composer at once, with the focus', async () => {
    const world = serve()
    answer('POST /api/conversations/:id/claim', () => {
      world.thread = { ...marina, owner: sample.claiming, epoch: 1, version: 2 }
      return accepted({ owner: sample.claiming })
    })
    const { user } = page()
    await screen.findByRole('button', { name: /^Assumir( A)?$/ })
    await user.keyboard('a')
    const box = await screen.findByRole('textbox', { name: 'Mensagem para Marina' })
    expect(box).toHaveFocus()
    expect(await screen.findByText(/Mensagem do bot saindo/)).toBeInTheDocument()
  })

  it('that somebody else won says who, and loses nothing', async () => {
    const world = serve()
    answer('POST /api/conversations/:id/claim', async () => {
      world.thread = { ...marina, owner: sample.caios, epoch: 2, version: 3 }
      return problem(409, 'refused', { reason: 'taken', owner: sample.caios, epoch: 2 })
    })
    localStorage.setItem(
      `draft:${sample.ME}:${marina.id}`,
      JSON.stringify({ text: 'Oi, Marina', at: 1 }),
    )
    const { user } = page()
    await user.click(await screen.findByRole('button', { name: /^Assumir( A)?$/ }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Caio Menezes assumiu antes' })
    await user.click(within(dialog).getByRole('button', { name: 'Continuar vendo' }))
    expect(await screen.findByText('Rascunho guardado')).toBeInTheDocument()
  })
})

describe('writing', () => {
  const ours = { ...marina, owner: sample.mine, waiting_since: null, epoch: 7 }

  it('shows the reply within the frame, sends it once, and the thread takes over', async () => {
    const world = serve(ours)
    const asked: Asked[] = []
    const reply = sample.message({
      seq: 4,
      author: 'operator',
      operator_id: sample.ME,
      operator_name: 'Helena Prado',
      text: 'Oi, Marina',
    })
    answer('POST /api/conversations/:id/reply', (each) => {
      asked.push(each)
      world.messages.push(reply)
      return accepted({ owner: sample.mine, message_id: reply.id })
    })
    const { user } = page()
    const box = await screen.findByRole('textbox', { name: 'Mensagem para Marina' })
    await screen.findByText('quero falar com um atendente')
    await user.type(box, 'Oi, Marina{Enter}')
    expect(screen.getByText('Oi, Marina')).toBeInTheDocument()
    expect(box).toHaveValue('')
    await waitFor(() => expect(screen.queryByLabelText('Enviando')).not.toBeInTheDocument())
    expect(screen.getAllByText('Oi, Marina')).toHaveLength(1)
    expect(asked).toHaveLength(1)
    expect(asked[0]?.body).toEqual({ epoch: 7, seq: 3, text: 'Oi, Marina' })
    expect(asked[0]?.key).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('keeps the draft through a reload', async () => {
    serve(ours)
    const first = page()
    const box = await screen.findByRole('textbox', { name: 'Mensagem para Marina' })
    await first.user.type(box, 'Já te passo{Shift>}{Enter}{/Shift}o valor')
    first.unmount()
    page()
    expect(await screen.findByRole('textbox', { name: 'Mensagem para Marina' })).toHaveValue(
      'Já te passo\no valor',
    )
  })

  it('a reply that comes too late for us is a draft again, and says why', async () => {
    const world = serve(ours)
    answer('POST /api/conversations/:id/reply', () => {
      world.thread = { ...ours, owner: sample.caios, epoch: 8, version: 3 }
      return problem(409, 'refused', { reason: 'taken', owner: sample.caios, epoch: 8 })
    })
    const { user } = page()
    await user.type(
      await screen.findByRole('textbox', { name: 'Mensagem para Marina' }),
      'Oi{Enter}',
    )
    expect(await screen.findByText(/está com outra pessoa/)).toBeInTheDocument()
    expect(await screen.findByText('Caio Menezes conduz esta conversa')).toBeInTheDocument()
    expect(screen.getByText('Rascunho guardado').closest('details')).toHaveTextContent('Oi')
  })

  it('returns to the bot with a note', async () => {
    const world = serve(ours)
    let body: unknown
    answer('POST /api/conversations/:id/return', (each) => {
      body = each.body
      world.thread = { ...ours, owner: sample.bot, epoch: 8, version: 4 }
      return accepted({ owner: sample.bot })
    })
    const { user, cache } = page()
    await screen.findByRole('textbox', { name: 'Mensagem para Marina' })
    ;(document.activeElement as HTMLElement | null)?.blur()
    await user.keyboard('b')
    const dialog = await screen.findByRole('dialog', { name: 'Devolver ao bot' })
    await user.type(within(dialog).getByLabelText('O que ficou combinado'), 'Total R$ 294,00')
    await user.click(within(dialog).getByRole('button', { name: 'Devolver' }))
    expect(await screen.findByText('Marina voltou para o bot.')).toBeInTheDocument()
    expect(body).toEqual({ epoch: 7, note: 'Total R$ 294,00' })
    await waitFor(() =>
      expect(cache.getQueryData(keys.thread(marina.id))).toMatchObject({ owner: sample.bot }),
    )
  })
})

describe('the time of the business', () => {
  it('is what windows close by', async () => {
    const soon = new Date(Date.now() + 23 * 3_600_000).toISOString()
    serve({ ...marina, owner: sample.mine, waiting_since: null, window_open_until: soon })
    page()
    expect(await screen.findByText(/Janela aberta/)).toBeInTheDocument()
    act(() => ahead.set(25 * 3_600_000))
    expect(await screen.findByText('A janela de 24 horas fechou')).toBeInTheDocument()
  })

  it('is what somebody has waited by', async () => {
    serve({ ...marina, updated_at: now })
    open('/conversas/esperando')
    const row = await screen.findByRole('link', { name: /Marina Couto/ })
    expect(row).toHaveTextContent('agora')
    act(() => ahead.set(2.5 * 3_600_000))
    expect(await screen.findByText(/espera há 2 h/)).toBeInTheDocument()
    expect(screen.getByText(/Fora do prazo/)).toBeInTheDocument()
  })
})
