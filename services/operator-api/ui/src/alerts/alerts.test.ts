import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Conversation } from '../api'
import * as sample from '../testing/samples'
import { FakeShelf } from '../testing/shelf'
import { Alerts, type Stage, type Told } from './alerts'
import { type Sound, Sounds } from './sounds'

class FakeStage implements Stage {
  readonly told: Told[] = []
  visible = false
  focused = false
  open: string | null = null
  time = sample.NOON
  isVisible = () => this.visible
  isFocused = () => this.focused
  shown = () => this.open
  now = () => this.time
  once = async (_: string, run: () => void) => run()
  notify = (told: Told) => void this.told.push(told)
  withdraw = () => void this.told.splice(0)
}

class FakeSounds extends Sounds {
  readonly heard: Sound[] = []
  override play = (sound: Sound) => void this.heard.push(sound)
}

let stage: FakeStage
let sounds: FakeSounds
let alerts: Alerts

beforeEach(() => {
  vi.useFakeTimers()
  stage = new FakeStage()
  sounds = new FakeSounds()
  alerts = new Alerts(sample.ME, new FakeShelf(), stage, sounds)
  alerts.preferences.change({ notify: true })
  return () => vi.useRealTimers()
})

async function told(row: Conversation): Promise<Told[]> {
  alerts.tell([row])
  await vi.runAllTimersAsync()
  return stage.told
}

const byCustomer = { author: 'customer', status: 'received' } as const
const wrote = (preview: string, facts: Partial<Conversation> = {}) =>
  sample.conversation({ owner: sample.mine, preview, last: byCustomer, ...facts })

describe('a notification', () => {
  it('quotes the customer', async () => {
    const row = wrote('oi,\n tem bolo hoje?')
    const [only] = await told(row)
    expect(only).toMatchObject({ title: 'Marina Couto escreveu', body: 'oi, tem bolo hoje?' })
    expect(only?.conversation).toBe(row.id)
  })

  it('shortens what is long, and cuts no letter in two', async () => {
    const [only] = await told(wrote('🎂'.repeat(500)))
    expect([...(only?.body ?? '')]).toHaveLength(120)
    expect(only?.body).toMatch(/^(🎂)+…$/u)
  })

  it.each(['bot', 'system', 'operator'] as const)('quotes no %s', async (author) => {
    const last = { author, status: 'accepted' } as const
    const [only] = await told(sample.waiting(0, { preview: 'Chamei uma pessoa.', last }))
    expect(only).toMatchObject({ title: 'Marina Couto entrou na fila', body: 'Pediu atendente' })
  })

  it('of a message of ours that failed does not repeat it', async () => {
    const last = { author: 'operator', status: 'failed' } as const
    const [only] = await told(wrote('O seu endereço é Rua A, 1?', { last }))
    expect(only).toMatchObject({ title: 'Mensagem para Marina Couto não enviada', body: '' })
  })

  it('says how long somebody has waited, in the words of the customer or in none', async () => {
    const last = { author: 'bot', status: 'accepted' } as const
    alerts.learn([
      sample.waiting(0, { preview: 'cadê?', last: byCustomer }),
      sample.waiting(0, { preview: 'Chamei uma pessoa.', last }),
    ])
    stage.time += 5 * 60_000
    alerts.tick()
    await vi.runAllTimersAsync()
    expect(stage.told.map(({ body }) => body)).toEqual(['cadê?', ''])
    expect(stage.told[0]?.title).toBe('Marina Couto espera há 5 min')
  })

  it('names nobody and quotes nobody if that is wished', async () => {
    alerts.preferences.change({ content: false })
    const [only] = await told(wrote('meu CPF é 123'))
    expect(only).toMatchObject({ title: 'Mensagem nova em conversa sua', body: '' })
  })

  it('comes only if it was allowed, and only while nothing of the console shows', async () => {
    stage.visible = true
    expect(await told(wrote('a'))).toEqual([])
    stage.visible = false
    alerts.preferences.change({ notify: false })
    expect(await told(wrote('b'))).toEqual([])
    expect(sounds.heard).toEqual(['tick', 'tick'])
    alerts.preferences.change({ notify: true })
    expect(await told(wrote('c'))).toHaveLength(1)
  })
})

it('a conversation is followed from when it waits or is ours until it is neither', () => {
  const row = sample.waiting(0)
  const changes = [sample.queue, sample.mine, sample.caios].map((owner, at) => {
    const waiting_since = owner === sample.queue ? row.waiting_since : null
    alerts.tell([{ ...row, owner, waiting_since, version: at + 2 }])
    return alerts.follows(row.id)
  })
  expect(changes).toEqual([true, true, false])
})
