import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { Button } from './Button'

/** A form with this button at its end; what happened is noted. */
function form(held: { reason: string | null } | { pending: string | null }) {
  const happened: string[] = []
  render(
    <form
      onSubmit={(event) => {
        event.preventDefault()
        happened.push('sent')
      }}
    >
      <input aria-label="Nome" />
      <Button type="submit" onClick={() => happened.push('pressed')} {...held}>
        Guardar
      </Button>
    </form>,
  )
  return { happened, user: userEvent.setup(), button: screen.getByRole('button') }
}

describe('a button', () => {
  it('acts while nothing is in the way', async () => {
    const { happened, user, button } = form({ reason: null })
    await user.click(button)
    expect(happened).toEqual(['pressed', 'sent'])
    expect(button).not.toHaveAttribute('aria-disabled')
    expect(button).not.toHaveAccessibleDescription()
  })

  it('that cannot act says why, stays in reach, and swallows the press', async () => {
    const { happened, user, button } = form({ reason: 'Falta o nome.' })
    await user.click(button)
    await user.type(screen.getByLabelText('Nome'), '{Enter}')
    expect(happened).toEqual([])
    expect(button).toHaveAttribute('aria-disabled', 'true')
    expect(button).toHaveAccessibleName('Guardar')
    expect(button).toHaveAccessibleDescription('Falta o nome.')
    expect(button).toHaveAttribute('title', 'Falta o nome.')
    button.focus()
    expect(button).toHaveFocus()
  })

  it('that is at work says so itself, and cannot be pressed again', async () => {
    const { happened, user, button } = form({ pending: 'Guardando…' })
    await user.click(button)
    expect(happened).toEqual([])
    expect(button).toHaveAttribute('aria-disabled', 'true')
    expect(button).toHaveAccessibleName('Guardando…')
  })
})

/** Whoever writes the attribute by hand forgets the reason. */
const BY_HAND = /\baria-disabled\b|\b(?:isD|d)isabled=/
it('is never disabled by hand', () => {
  const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.*'], {
    query: '?raw',
    import: 'default',
    eager: true,
  })
  const found = Object.entries(sources).filter(([, source]) => BY_HAND.test(source))
  expect(found.map(([path]) => path)).toEqual(['./Button.tsx'])
})
