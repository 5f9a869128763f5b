import { describe, expect, it } from 'vitest'
import { answered, BUSINESS, event, wrote } from '../testing/samples'
import { heard, merged, sampleMedia, sampleOf, ticksOf, withBusiness } from './talk'

describe('what the phone shows', () => {
  it('is in the order of acceptance, each message once', () => {
    const [a, b, c] = [wrote('a'), answered('b'), wrote('c')]
    expect(merged([a, c], [b, a]).map(({ body }) => body)).toEqual(['a', 'b', 'c'])
  })

  it('never goes back on its way, whichever news comes last', () => {
    const read = answered('oi', { status: 'read' })
    expect(merged([read], [{ ...read, status: 'sent' }])[0]?.status).toBe('read')
    const sent = { ...read, status: 'sent' as const }
    expect(merged([sent], [{ ...sent, status: 'failed' }])[0]?.status).toBe('failed')
  })

  it('is of one business only', () => {
    const other = 'whatsapp:+5541333330000'
    const entries = [wrote('a'), wrote('b', { recipient: other }), answered('c', { sender: other })]
    expect(withBusiness(entries, BUSINESS).map(({ body }) => body)).toEqual(['a'])
    expect(withBusiness(entries, '+5541333330000')).toHaveLength(2)
  })

  it('counts as heard only what arrived', () => {
    const refused = answered('não', { status: 'failed', error_code: 63018 })
    expect(heard([wrote('oi'), answered('olá'), refused])).toBe(1)
  })
})

describe('ticks', () => {
  it('say what the product got, by the SID', () => {
    const ticks = ticksOf([
      event('phone.wrote', { sid: 'SM1' }),
      event('webhook.answered', { sid: 'SM1' }),
      event('webhook.dropped', { sid: 'SM2' }),
      event('phone.wrote', { sid: 'SM3' }),
    ])
    expect([ticks.get('SM1'), ticks.get('SM2'), ticks.get('SM3')]).toEqual([
      'arrived',
      'lost',
      undefined,
    ])
  })

  it('stay once a delivery arrived, whatever becomes of the repeated one', () => {
    const twice = [
      event('webhook.answered', { sid: 'SM1' }),
      event('webhook.failed', { sid: 'SM1' }),
    ]
    expect(ticksOf(twice).get('SM1')).toBe('arrived')
    expect(ticksOf(twice.toReversed()).get('SM1')).toBe('arrived')
  })
})

describe('samples', () => {
  it('are known again by their address, and nothing else is', () => {
    const media = sampleMedia('photo.jpg', (path) => `http://host/simulator/${path}`)
    expect(media).toEqual({
      url: 'http://host/simulator/samples/photo.jpg',
      content_type: 'image/jpeg',
    })
    expect(sampleOf(media)).toBe('photo.jpg')
    expect(sampleOf({ ...media, url: 'https://evil.example/photo.jpg' })).toBeNull()
    expect(sampleOf({ ...media, url: 'http://host/samples/toString' })).toBeNull()
  })
})
