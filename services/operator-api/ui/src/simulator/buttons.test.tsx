import { screen, waitFor } from '@testing-library/react'
import { HttpResponse, http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { server } from '../testing/api'
import { gate } from '../testing/gate'
import { FakeSimulator, open } from './testing/page'
import { clock } from './testing/samples'

let simulator: FakeSimulator
beforeEach(() => {
  simulator = new FakeSimulator()
})

describe('a button that can do nothing says why', () => {
  it('on the phone, while nothing is written', async () => {
    const { user } = open()
    const send = await screen.findByRole('button', { name: 'Enviar como cliente' })
    expect(send).toHaveAccessibleDescription('Escreva uma mensagem para enviar.')
    await user.type(screen.getByLabelText('Mensagem do cliente'), '{Enter}')
    await user.click(send)
    expect(simulator.written).toEqual([])
    await user.type(screen.getByLabelText('Mensagem do cliente'), 'oi')
    expect(send).not.toHaveAccessibleDescription()
  })

  it('at the clock, while it moves', async () => {
    const { opened, open: letGo } = gate()
    let moved = 0
    server.use(
      http.post('*/clock', async () => {
        moved += 1
        await opened
        return HttpResponse.json(clock({ ahead_seconds: 3_600 }))
      }),
    )
    const { user } = open()
    const plus = await screen.findByRole('button', { name: /^\+ 23 h/ })
    await user.click(plus)
    await waitFor(() => expect(plus).toHaveAccessibleDescription(/O relógio está andando/))
    await user.click(plus)
    letGo()
    await waitFor(() => expect(plus).not.toHaveAccessibleDescription())
    expect(moved).toBe(1)
  })
})
