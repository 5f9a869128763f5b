import { screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answer } from '../testing/api'
import { marina, serve, signedIn } from '../testing/marina'
import { open } from '../testing/page'
import * as sample from '../testing/samples'
import { allowSingleKeys } from './shortcuts'

const ours = { ...marina, owner: sample.mine, waiting_since: null, epoch: 7 }
const rui = sample.waiting(1, { profile_name: 'Rui Alves' })
const ana = sample.waiting(2, { profile_name: 'Ana Prado' })

beforeEach(signedIn)
afterEach(() => allowSingleKeys(true))

/** Marina's thread, with nothing in focus. */
async function atMarinas() {
  serve(ours)
  const page = open(`/conversas/minhas/${marina.id}`)
  const box = await screen.findByRole('textbox', { name: 'Mensagem para Marina' })
  const brief = await screen.findByRole('article', { name: 'Resumo da passagem' })
  leaveFields()
  return { ...page, box, brief }
}

/** Rui and Ana wait; neither is open. */
async function atTheQueue() {
  serve()
  answer('GET /api/conversations', { items: [rui, ana], next: null })
  const page = open('/conversas/esperando')
  await screen.findByRole('link', { name: /Rui Alves/ })
  const shows = (id: string) =>
    waitFor(() => expect(page.router.state.location.pathname).toBe(`/conversas/esperando/${id}`))
  return { ...page, shows }
}

function leaveFields(): void {
  ;(document.activeElement as HTMLElement | null)?.blur()
}

describe('a key', () => {
  it('is shown with what it presses', async () => {
    const { box } = await atMarinas()
    expect(screen.getByRole('tab', { name: /^Minhas/ })).toHaveAttribute('title', 'Tecla 2')
    expect(screen.getByRole('tab', { name: /^Encerradas/ })).toHaveAttribute('title', 'Tecla 5')
    expect(box).toHaveAttribute('title', 'Responder (R)')
    const see = screen.getByRole('button', { name: /^Ver( H)?$/ })
    expect(within(see).getByText('H').tagName).toBe('KBD')
  })

  it('K goes back to the row before, as J goes on, and stays at the ends', async () => {
    const { user, shows } = await atTheQueue()
    for (const [key, { id, profile_name }] of [
      ['j', rui],
      ['j', ana],
      ['j', ana],
      ['k', rui],
      ['k', rui],
      ['j', ana],
    ] as const) {
      await user.keyboard(key)
      await shows(id)
      await waitFor(() =>
        expect(screen.getByRole('link', { name: new RegExp(profile_name) })).toHaveFocus(),
      )
    }
  })

  it('O opens the row in focus, and nothing where none is', async () => {
    const { router, user, shows } = await atTheQueue()
    await user.keyboard('o')
    expect(router.state.location.pathname).toBe('/conversas/esperando')
    screen.getByRole('link', { name: /Ana Prado/ }).focus()
    await user.keyboard('o')
    await shows(ana.id)
  })

  it.each([
    ['1', 'esperando'],
    ['2', 'minhas'],
    ['3', 'bot'],
    ['4', 'todas'],
    ['5', 'encerradas'],
  ])('%s goes to the tab %s, with the conversation', async (key, slug) => {
    serve()
    const { router, user } = open(`/conversas/${key === '1' ? 'todas' : 'esperando'}/${marina.id}`)
    await screen.findByRole('heading', { name: 'Marina Couto' })
    await user.keyboard(key)
    await waitFor(() =>
      expect(router.state.location.pathname).toBe(`/conversas/${slug}/${marina.id}`),
    )
  })

  it("E asks how it ended, of what is one's own only", async () => {
    const { user, unmount } = await atMarinas()
    await user.keyboard('e')
    await screen.findByRole('dialog', { name: 'Finalizar atendimento' })
    unmount()
    serve()
    const another = open(`/conversas/esperando/${marina.id}`)
    await screen.findByRole('button', { name: /^Assumir( A)?$/ })
    await another.user.keyboard('e')
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  })

  it('R goes to the box, where letters are text', async () => {
    const { user, box } = await atMarinas()
    await user.keyboard('r')
    expect(box).toHaveFocus()
    expect(box).toHaveValue('')
    await user.keyboard('rebe1')
    expect(box).toHaveValue('rebe1')
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  })

  it('H goes to the brief', async () => {
    const { user, brief } = await atMarinas()
    await user.keyboard('h')
    expect(brief).toHaveFocus()
  })

  it("is the browser's together with Ctrl, Alt or ⌘", async () => {
    const { user, box } = await atMarinas()
    await user.keyboard('{Control>}r{/Control}{Alt>}r{/Alt}{Meta>}e{/Meta}')
    expect(box).not.toHaveFocus()
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  })
})

describe('single letters', () => {
  it('are switched off in their list, and stay so; F6 is none of them', async () => {
    const { router, user, box, brief } = await atMarinas()
    await user.keyboard('?')
    const dialog = await screen.findByRole('dialog', { name: 'Atalhos do teclado' })
    await user.click(within(dialog).getByRole('switch', { name: 'Usar atalhos de uma letra' }))
    await user.click(within(dialog).getByRole('button', { name: 'Fechar' }))
    leaveFields()
    const { pathname } = router.state.location
    await user.keyboard('jkogabe1345rh?')
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
    expect(router.state.location.pathname).toBe(pathname)
    expect(box).not.toHaveFocus()
    expect(brief).not.toHaveFocus()
    expect(localStorage.getItem('single-keys')).toBe('off')
    await user.keyboard('{Shift>}{F6}{/Shift}')
    expect(box).toHaveFocus()
  })
})
