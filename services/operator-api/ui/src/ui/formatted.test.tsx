import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { formatted } from './formatted'

const html = (text: string) => renderToStaticMarkup(formatted(text))

describe('WhatsApp’s formatting', () => {
  it.each([
    ['escreva *atendente*.', 'escreva <b>atendente</b>.'],
    ['_só_ hoje, ~R$ 40~ *R$ 32*', '<i>só</i> hoje, <s>R$ 40</s> <b>R$ 32</b>'],
    ['*dois*\n*vezes*', '<b>dois</b>\n<b>vezes</b>'],
    ['*uma frase inteira*', '<b>uma frase inteira</b>'],
  ])('shows %s as WhatsApp does', (text, shown) => {
    expect(html(text)).toBe(shown)
  })

  it.each([
    '2*3*4',
    'arquivo_de_nome_longo',
    '* item\n* item',
    'a *sem fim',
    '*\n*',
    '** **',
    'é*isto*é',
    '',
  ])('leaves %j as it is', (text) => {
    expect(html(text)).toBe(text)
  })

  it('makes no markup of what a customer writes', () => {
    expect(html('*<img src=x>*')).toBe('<b>&lt;img src=x&gt;</b>')
  })
})
