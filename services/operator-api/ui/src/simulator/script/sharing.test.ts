import { describe, expect, it } from 'vitest'
import { addressOf } from '../api'
import { sampleMedia } from '../phone/talk'
import { answered, wrote } from '../testing/samples'
import { linkOf, recorded, scriptIn } from './sharing'

const PAGE = 'http://localhost/simulator/#old'
const opened = (link: string) => scriptIn(new URL(link).hash)

describe('a conversation as a link', () => {
  it('plays again what the customer said, where answers came', () => {
    const photo = wrote('olha', { media: [sampleMedia('photo.jpg', addressOf)] })
    const script = recorded(
      [wrote('oi, tudo bem? ção €'), answered('olá'), answered('eu'), photo],
      'Bia',
    )
    expect(script).toEqual({
      name: 'Bia',
      steps: [
        { say: 'oi, tudo bem? ção €' },
        { hear: 'anyone' },
        { say: 'olha', sample: 'photo.jpg' },
      ],
    })
    expect(opened(linkOf(script, PAGE))).toEqual(script)
  })

  it('is nothing when it is not whole, not ours, or too much', () => {
    const link = (script: unknown) => linkOf(script as never, PAGE)
    const good = { name: 'Bia', steps: [{ say: 'oi' }] }
    expect(opened(link(good))).toEqual(good)
    expect(scriptIn('')).toBeNull()
    expect(scriptIn('#roteiro=%%%')).toBeNull()
    expect(opened(link(good).slice(0, -3))).toBeNull()
    expect(opened(link({ ...good, steps: [] }))).toBeNull()
    expect(opened(link({ ...good, steps: Array(61).fill({ say: 'oi' }) }))).toBeNull()
    expect(opened(link({ ...good, steps: [{ say: 'x'.repeat(1_601) }] }))).toBeNull()
    expect(opened(link({ ...good, steps: [{ forwardS: 604_800 }] }))).toBeNull()
    expect(opened(link({ ...good, steps: [{ say: 'oi', sample: '../x' }] }))).toBeNull()
  })
})
