import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeSimulator, open } from './testing/page'
import { answered, event, faults, setting, wrote } from './testing/samples'

let simulator: FakeSimulator
beforeEach(() => {
  simulator = new FakeSimulator()
})

const phone = () => screen.findByRole('log', { name: 'Conversa no telefone' })
const events = () => screen.findByRole('log', { name: 'Eventos' })

describe('the phone', () => {
  it('writes as the customer by Enter, and shows the answer when it comes', async () => {
    const { user } = open()
    await within(await phone()).findByText(/Um cliente novo/)
    await user.type(screen.getByLabelText('Mensagem do cliente'), 'oi, vocês abrem domingo?{Enter}')
    await waitFor(() => expect(simulator.written).toHaveLength(1))
    expect(simulator.written[0]).toMatchObject({
      text: 'oi, vocês abrem domingo?',
      profile_name: 'Bia Teste',
      to: 'whatsapp:+14155238886',
      sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
    })
    simulator.tell(answered('Sim! Aos *domingos* abrimos às 7h.'))
    const log = await phone()
    await within(log).findByText(/abrimos às 7h/)
    expect(within(log).getByText('domingos').tagName).toBe('B')
    expect(screen.getByLabelText('Mensagem do cliente')).toHaveValue('')
  })

  it('keeps what could not be handed over, and sends it again as the same message', async () => {
    const { user } = open()
    await phone()
    simulator.isAway = true
    await user.type(screen.getByLabelText('Mensagem do cliente'), 'alô?{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent('Não saiu.')
    simulator.isAway = false
    await user.click(screen.getByRole('button', { name: 'Tentar de novo' }))
    await waitFor(() => expect(simulator.written).toHaveLength(1))
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull())
    expect(within(await phone()).getAllByText('alô?')).toHaveLength(1)
  })

  it('sends sample files', async () => {
    const { user } = open()
    await phone()
    await user.click(screen.getByRole('button', { name: 'Anexar um arquivo de exemplo' }))
    await user.click(screen.getByRole('button', { name: 'Áudio' }))
    await waitFor(() => expect(simulator.written).toHaveLength(1))
    expect(simulator.written[0]?.media).toEqual([
      { url: 'http://localhost/samples/voice.ogg', content_type: 'audio/ogg' },
    ])
  })

  it('shows the ticks that the simulator knows, and what never arrived', async () => {
    const asked = wrote('oi')
    simulator.messages.push(asked, answered('segredo', { status: 'failed', error_code: 63018 }))
    open()
    const log = await phone()
    expect(await within(log).findByRole('img', { name: 'no WhatsApp' })).toBeInTheDocument()
    simulator.happen(event('webhook.answered', { sid: asked.sid, lane: 'ingress' }))
    expect(await within(log).findByRole('img', { name: 'entregue à empresa' })).toBeInTheDocument()
    expect(within(log).getByText(/recusou \(63018\)/)).toBeInTheDocument()
    expect(within(log).queryByText('segredo')).toBeNull()
  })
})

describe('the trace', () => {
  it('shows each event live, filters, and opens to its JSON', async () => {
    const { user } = open()
    await phone()
    simulator.happen(event('bot.requested.v1', { lane: 'bot', took_ms: 12 }))
    simulator.happen(event('create.accepted', { lane: 'outbound', detail: { status: 201 } }))
    const log = await events()
    await within(log).findByText('bot.requested')
    await user.click(screen.getByRole('button', { name: 'Envio' }))
    expect(within(await events()).queryByText('bot.requested')).toBeNull()
    await user.click(within(await events()).getByRole('button', { name: 'create.accepted' }))
    expect(screen.getByRole('region', { name: 'Detalhe de create.accepted' })).toHaveTextContent(
      '"status": 201',
    )
  })

  it('says who had the conversation before', async () => {
    simulator.trace.push(
      event('conversation.changed.v1', { owner: { kind: 'queue', name: '' } }),
      event('conversation.changed.v1', { owner: { kind: 'person', name: 'Helena' } }),
    )
    open()
    const log = await events()
    expect(await within(log).findByText('dono: bot → fila')).toBeInTheDocument()
    expect(within(log).getByText('dono: fila → Helena')).toBeInTheDocument()
  })

  it('lights up with its bubble, and the other way round', async () => {
    const asked = wrote('oi')
    simulator.messages.push(asked)
    simulator.trace.push(event('phone.wrote', { sid: asked.sid, lane: 'customer' }))
    simulator.trace.push(event('timer.fired.v1'))
    const { user } = open()
    const bubble = await within(await phone()).findByRole('button', { name: /^oi/ })
    const row = async (name: string) =>
      within(await events())
        .getByRole('button', { name })
        .closest('.ev')
    await user.click(bubble)
    expect(await row('phone.wrote')).toHaveClass('is-lit')
    expect(await row('timer.fired')).not.toHaveClass('is-lit')
    await user.keyboard('{Escape}')
    expect(await row('phone.wrote')).not.toHaveClass('is-lit')
    await user.click(within(await events()).getByRole('button', { name: 'phone.wrote' }))
    expect(bubble).toHaveAttribute('aria-pressed', 'true')
  })

  it('is one stop of the Tab key; the arrows go through it', async () => {
    simulator.trace.push(event('a'), event('b'), event('c'))
    const { user } = open()
    const log = within(await events())
    const last = await log.findByRole('button', { name: 'c' })
    last.focus()
    await user.keyboard('{ArrowUp}{ArrowUp}')
    expect(log.getByRole('button', { name: 'a' })).toHaveFocus()
    await user.keyboard('{End}')
    expect(last).toHaveFocus()
    expect(log.getAllByRole('button').filter((stop) => stop.tabIndex === 0)).toEqual([last])
  })
})

describe('the conditions', () => {
  it('are switched in the simulator, told in the banner, and turned off by one press', async () => {
    simulator.faults = faults({ webhook_drop: 0.5 })
    const { user } = open()
    await user.click(await screen.findByRole('switch', { name: 'Aviso repetido do Twilio' }))
    await waitFor(() => expect(simulator.faults.webhook_double).toBe(1))
    expect(simulator.faults.webhook_drop).toBe(0.5)
    expect(await screen.findByText('1 falha ligada:')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Desligar falhas' }))
    await waitFor(() => expect(simulator.faults.webhook_double).toBe(0))
    expect(screen.queryByText('1 falha ligada:')).toBeNull()
  })

  it('are not undone by an answer that was on its way when they were switched', async () => {
    const { user } = open()
    await screen.findByText('Ao vivo')
    let arrive = () => {}
    simulator.slowness = new Promise((resolve) => {
      arrive = resolve
    })
    const before = simulator.faultsAsked
    simulator.hangUp()
    await waitFor(() => expect(simulator.faultsAsked).toBeGreaterThan(before))
    await user.click(screen.getByRole('switch', { name: 'Recibos perdidos' }))
    await waitFor(() => expect(simulator.faults.callback_drop).toBe(1))
    arrive()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(screen.getByRole('switch', { name: 'Recibos perdidos' })).toBeChecked()
    expect(screen.getByText('1 falha ligada:')).toBeInTheDocument()
  })

  it('can be switched faster than they are answered', async () => {
    const { user } = open()
    const names = ['Aviso repetido do Twilio', 'Recibos perdidos', 'Bot demora 15 s']
    for (const name of names) await user.click(await screen.findByRole('switch', { name }))
    await screen.findByText('3 falhas ligadas:')
    await waitFor(() =>
      expect(simulator.faults).toMatchObject({
        webhook_double: 1,
        callback_drop: 1,
        bot_delay_ms: 15_000,
      }),
    )
  })

  it('that cannot work here say why, and do nothing', async () => {
    simulator.setting = setting({ slows_bot: false, same_browser: false })
    const { user } = open()
    const slow = await screen.findByRole('switch', { name: 'Bot demora 15 s' })
    await screen.findByText(/O bot roda em outro processo/)
    expect(slow).toHaveAttribute('aria-disabled', 'true')
    expect(slow).toHaveAccessibleDescription(/O bot roda em outro processo/)
    await user.click(slow)
    expect(slow).not.toBeChecked()
    const outage = screen.getByRole('switch', { name: 'Console perde a conexão' })
    expect(outage).toHaveAccessibleDescription(/outro endereço/)
  })

  it('include the clock, which says what it moves', async () => {
    simulator.setting = setting({ travels: 'channel' })
    const { user } = open()
    await user.click(await screen.findByRole('button', { name: /^\+ 23 h/ }))
    await waitFor(() => expect(simulator.forwarded).toEqual([82_800]))
    expect(await screen.findByText(/Agora simulado:/)).toBeInTheDocument()
    expect(screen.getByText(/só para o lado do WhatsApp/)).toBeInTheDocument()
  })
})

describe('the customer', () => {
  it('is another one after starting over, with a blank phone', async () => {
    simulator.messages.push(wrote('oi'))
    const { user } = open()
    const field = await screen.findByLabelText('Telefone')
    const before = (field as HTMLInputElement).value
    await user.click(screen.getByRole('button', { name: 'Recomeçar' }))
    await within(await phone()).findByText(/Um cliente novo/)
    expect(screen.getByLabelText('Telefone')).not.toHaveValue(before)
    expect(screen.getByLabelText('Mensagem do cliente')).toHaveFocus()
  })

  it('keeps their number until what is typed is one', async () => {
    const { user } = open()
    const field = await screen.findByLabelText('Telefone')
    await user.clear(field)
    await user.type(field, 'bia{Enter}')
    expect(field).toHaveAccessibleDescription(/Use um número com DDD/)
    await user.clear(field)
    await user.type(field, '41 90000-2222{Enter}')
    expect(await screen.findByLabelText('Telefone')).toHaveValue('+55 41 90000-2222')
  })
})

describe('scripts', () => {
  it('play on the phone, show where they are, and stop', async () => {
    const { user } = open()
    await user.click(await screen.findByRole('button', { name: 'Dúvida que o bot resolve' }))
    await waitFor(() => expect(simulator.written).toHaveLength(1), { timeout: 3_000 })
    // Beside the phone as well, for a screen that has no room for the list.
    const side = within(screen.getByRole('complementary', { name: 'Roteiros e condições' }))
    expect(await side.findByText('Passo 2 de 6.')).toBeInTheDocument()
    await user.click(side.getByRole('button', { name: 'Parar' }))
    expect(await side.findByText('Interrompido.')).toBeInTheDocument()
  })

  it('are copied from the conversation as a link', async () => {
    simulator.messages.push(wrote('oi'))
    const { user } = open()
    await within(await phone()).findByText('oi')
    await user.click(screen.getByRole('button', { name: 'Copiar roteiro' }))
    expect(await screen.findByText('Link copiado')).toBeInTheDocument()
    expect(await navigator.clipboard.readText()).toMatch(/#roteiro=[\w-]+$/)
  })

  it('cannot be copied from nothing, and say so', async () => {
    open()
    const copy = await screen.findByRole('button', { name: 'Copiar roteiro' })
    expect(copy).toHaveAttribute('aria-disabled', 'true')
    expect(copy).toHaveAccessibleDescription('Ainda não há conversa para copiar.')
  })
})

describe('the way to the console', () => {
  it('leads to this conversation, and is not there where nobody knows the console', async () => {
    simulator.trace.push(event('bot.requested.v1', { conversation: 'c-9' }))
    const { unmount } = open()
    const link = await screen.findByRole('link', { name: /Abrir no console/ })
    await waitFor(() =>
      expect(link).toHaveAttribute('href', 'http://localhost/conversas/todas/c-9'),
    )
    unmount()
    simulator.setting = setting({ console: null })
    open()
    expect(
      await screen.findByRole('button', { name: 'Abrir no console' }),
    ).toHaveAccessibleDescription(/não sabe onde está o console/)
  })
})

describe('without the simulator', () => {
  it('the page says so, and comes when it is there again', async () => {
    simulator.isAway = true
    const { user } = open()
    await screen.findByRole('heading', { name: 'O simulador não responde' })
    simulator.isAway = false
    await user.click(screen.getByRole('button', { name: 'Tentar agora' }))
    await phone()
  })

  it('a lost connection comes back by itself, with what happened meanwhile', async () => {
    open()
    await screen.findByText('Ao vivo')
    simulator.messages.push(answered('enquanto isso'))
    simulator.hangUp()
    await within(await phone()).findByText('enquanto isso', {}, { timeout: 4_000 })
  })

  it('whoever is not signed in is told where to do that', async () => {
    simulator.refusal = { status: 403, sign_in: '/entrar?para=%2Fsimulator%2F' }
    const { user } = open()
    const link = await screen.findByRole('link', { name: 'Entrar' })
    expect(link).toHaveAttribute('href', '/entrar?para=%2Fsimulator%2F')
    simulator.refusal = null
    await user.click(screen.getByRole('button', { name: 'Tentar agora' }))
    await phone()
  })

  it('a session that ends while the page is open is told too, and goes on after', async () => {
    const { user } = open()
    await screen.findByText('Ao vivo')
    simulator.refusal = { status: 403, sign_in: '/entrar' }
    simulator.hangUp()
    await screen.findByRole('heading', { name: 'Só para administradores' }, { timeout: 4_000 })
    simulator.refusal = null
    await user.click(screen.getByRole('button', { name: 'Tentar agora' }))
    await phone()
  })
})

describe('the language', () => {
  it('can be changed, and stays', async () => {
    const { user } = open()
    await user.click(await screen.findByRole('button', { name: 'Opções' }))
    await user.selectOptions(screen.getByLabelText('Idioma'), 'en')
    expect(screen.getByRole('heading', { name: 'Event trace' })).toBeInTheDocument()
    expect(document.documentElement.lang).toBe('en')
  })
})
