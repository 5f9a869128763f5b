import i18next from 'i18next'
import { describe, expect, it } from 'vitest'
import '../i18n'
import { event } from '../testing/samples'
import { elapsed, took } from '../times'
import { isBad } from './lanes'
import { piecesOf } from './pieces'
import { nameOf, SPOKEN, sentenceOf } from './sentences'

const t = () => i18next.getFixedT(null, 'simulator')

describe('an event', () => {
  it('is told in a plain sentence', () => {
    const said = (name: string, detail: Record<string, unknown>) =>
      sentenceOf(event(name, { detail }), t())
    expect(said('phone.wrote', { text: 'oi' })).toBe('oi')
    expect(said('phone.wrote', { text: '', media: [{ content_type: 'audio/ogg' }] })).toBe('Áudio')
    expect(said('webhook.answered', { status: 200, attempts: 1 })).toContain('HTTP 200')
    expect(said('delivery.reported.v1', { status: 'failed', code: 63018 })).toBe('falhou (63018)')
    expect(said('bot.escalated.v1', { reason: 'customer_request' })).toContain('pediu uma pessoa')
    expect(said('bot.escalated.v1', { reason: 'new reason' })).toContain('new reason')
    expect(said('timer.fired.v1', { kind: 'pause' })).toContain('parou de escrever')
    expect(said('handoff.briefed.v1', { brief: { summary: 'Quer 40 pacotes' } })).toBe(
      'Quer 40 pacotes',
    )
    expect(said('clock.moved', { forward_seconds: 82_800 })).toContain('23 h')
  })

  it('that nobody has words for has none, and still its name', () => {
    const unknown = event('moon.rose.v2')
    expect([sentenceOf(unknown, t()), nameOf(unknown)]).toEqual(['', 'moon.rose'])
  })

  it('has words even when its details are missing or odd', () => {
    for (const name of SPOKEN) {
      for (const detail of [{}, { text: 7, media: 'x', brief: null, status: {}, reason: [] }]) {
        expect(sentenceOf(event(name, { detail }), t())).not.toMatch(/undefined|\[object|\{\{/)
      }
    }
  })

  it('that went wrong is marked, one that went right is not', () => {
    expect(isBad(event('create.cut'))).toBe(true)
    expect(isBad(event('delivery.reported.v1', { detail: { status: 'undelivered' } }))).toBe(true)
    expect(isBad(event('delivery.reported.v1', { detail: { status: 'delivered' } }))).toBe(false)
  })

  it('that changes hands says what that means', () => {
    const owner = { kind: 'queue', name: '' } as const
    expect(sentenceOf(event('conversation.changed.v1', { owner }), t())).toContain('o bot se cala')
  })
})

describe('times', () => {
  it('are seconds with three digits, from an hour on hours', () => {
    expect(elapsed(1_902, 'pt-BR')).toBe('+1,902')
    expect(elapsed(1_902, 'en')).toBe('+1.902')
    expect(elapsed(86_403_000, 'pt-BR')).toBe('+24:00:03')
  })

  it('say how long something took, if that was measured', () => {
    expect(took(12, 'pt-BR')).toBe('12 ms')
    expect(took(1_820, 'pt-BR')).toBe('1,82 s')
    expect(took(null, 'pt-BR')).toBe('')
  })
})

describe('JSON in pieces', () => {
  it('loses nothing, and tells keys from texts and numbers', () => {
    const value = { 'a:"b"': ['x: 1', -2.5e-7, true, null, {}], é: { n: 0.34 } }
    const pieces = piecesOf(value)
    expect(pieces.map(({ text }) => text).join('')).toBe(JSON.stringify(value, null, 2))
    const of = (kind: string) => pieces.filter((p) => p.kind === kind).map(({ text }) => text)
    expect(of('k')).toEqual(['"a:\\"b\\""', '"é"', '"n"'])
    expect(of('s')).toEqual(['"x: 1"'])
    expect(of('n')).toEqual(['-2.5e-7', 'true', 'null', '0.34'])
  })
})
