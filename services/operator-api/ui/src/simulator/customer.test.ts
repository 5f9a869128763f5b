import { describe, expect, it } from 'vitest'
import { Customers, freshNumber, numberOf } from './customer'

describe('numbers', () => {
  it('are taken as people type them, in Brazil without the country too', () => {
    expect(numberOf('+55 41 90000-9999')).toBe('+5541900009999')
    expect(numberOf('(41) 90000-9999')).toBe('+5541900009999')
    expect(numberOf('+1 415 523 8886')).toBe('+14155238886')
    for (const wrong of ['', 'bia', '123', '+0123456789', '+55 41 90000-99999999']) {
      expect(numberOf(wrong)).toBeNull()
    }
  })

  it('of new customers are nobody else’s', () => {
    const draws = [0, 0, 0.5]
    const taken = new Set(['+5541900000000'])
    expect(freshNumber(taken, () => draws.shift() ?? 1)).toBe('+5541905000000')
  })
})

describe('the customer', () => {
  it('is the same after a reload, and another one after starting over', () => {
    const customers = new Customers()
    customers.change({ name: 'Bia', to: 'whatsapp:+1' })
    expect(new Customers().get()).toEqual(customers.get())
    const before = customers.get()
    customers.renew(new Set([before.number]), 'Téo')
    expect(customers.get()).toMatchObject({ name: 'Téo', to: 'whatsapp:+1' })
    expect(customers.get().number).not.toBe(before.number)
  })

  it('is known by name again when the phone changes hands', () => {
    const customers = new Customers()
    customers.change({ name: 'Bia' })
    const { number } = customers.get()
    customers.renew(new Set([number]), 'Téo')
    expect(new Customers().nameOf(number)).toBe('Bia')
    const known = [{ number: '+1' }, { number }, { number: customers.get().number }]
    expect(customers.recentFirst(known)).toEqual(known.toReversed())
    expect(customers.nameOf('+5541999999999')).toBe('')
  })

  it('is a new one when what was kept is not a customer', () => {
    for (const kept of ['{', '7', '{"number":"x"}', '{}']) {
      localStorage.setItem('simulator.customer', kept)
      expect(numberOf(new Customers().get().number)).not.toBeNull()
    }
  })
})
