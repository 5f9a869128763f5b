import { screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, it } from 'vitest'
import { type Asked, answer } from '../testing/api'
import { gate } from '../testing/gate'
import { accepted, marina, serve, signedIn } from '../testing/marina'
import { open } from '../testing/page'
import * as sample from '../testing/samples'

beforeEach(signedIn)

it('a message in doubt is decided once, and its buttons say what they wait for', async () => {
  const world = serve({ ...marina, owner: sample.mine, waiting_since: null })
  world.messages.push(
    sample.message({
      seq: 4,
      author: 'operator',
      operator_id: sample.ME,
      operator_name: 'Helena Prado',
      text: 'Já separei',
      status: 'doubtful',
      can_decide: true,
    }),
  )
  const { opened, open: letGo } = gate()
  const asked: Asked[] = []
  answer('POST /api/conversations/:id/messages/:message/decide', async (each) => {
    asked.push(each)
    await opened
    return accepted({ owner: sample.mine })
  })
  const { user } = open(`/conversas/minhas/${marina.id}`)
  const leave = await screen.findByRole('button', { name: 'Deixar assim' })
  const resend = screen.getByRole('button', { name: 'Enviar de novo' })
  await user.click(leave)
  const why = 'A sua decisão está sendo registrada.'
  await waitFor(() => expect(resend).toHaveAccessibleDescription(why))
  expect(leave).toHaveAccessibleDescription(why)
  await user.click(resend)
  letGo()
  await waitFor(() => expect(resend).not.toHaveAccessibleDescription())
  expect(asked.map(({ body }) => body)).toMatchObject([{ resend: false }])
})
