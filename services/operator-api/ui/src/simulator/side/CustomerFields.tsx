import { useQuery } from '@tanstack/react-query'
import { type FocusEvent, type KeyboardEvent, useId, useState } from 'react'
import { phone } from '../../ui/people'
import { useBench } from '../bench'
import { numberOf } from '../customer'
import { useFaults } from '../fault/useFaults'
import { useTexts } from '../i18n'
import { faultsQuery, phonesQuery, useSetting } from '../queries'
import { useCustomer } from '../useCustomer'
import { Switch } from './Switch'

export function CustomerFields() {
  const { t } = useTexts()
  const { customers } = useBench()
  const id = useId()
  const { name, number } = useCustomer()
  return (
    <section className="hide-m" aria-labelledby={id}>
      <h2 id={id}>{t('customer.title')}</h2>
      <div className="sim__form">
        <div className="field">
          <label htmlFor={`${id}-name`}>{t('customer.name')}</label>
          <input
            className="inp"
            id={`${id}-name`}
            autoComplete="off"
            maxLength={100}
            value={name}
            onChange={(event) => customers.change({ name: event.target.value })}
          />
        </div>
        <NumberField key={number} />
        <OtherPhones />
        <BusinessField />
        <ReadsSwitch />
      </div>
    </section>
  )
}

/** Another number is another customer, as soon as it is one. */
function NumberField() {
  const { t } = useTexts()
  const { customers } = useBench()
  const id = useId()
  const { number } = useCustomer()
  const [wrong, setWrong] = useState(false)
  const take = (typed: string) => {
    const found = numberOf(typed)
    setWrong(found === null)
    if (found !== null) customers.change({ number: found })
  }
  const pressed = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') take(event.currentTarget.value)
  }
  return (
    <div className="field">
      <label htmlFor={id}>{t('customer.number')}</label>
      <input
        className="inp"
        id={id}
        inputMode="tel"
        autoComplete="off"
        defaultValue={phone(number)}
        aria-invalid={wrong || undefined}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onBlur={(event: FocusEvent<HTMLInputElement>) => take(event.target.value)}
        onKeyDown={pressed}
      />
      {wrong && (
        <p className="err" id={`${id}-wrong`}>
          {t('customer.wrong')}
        </p>
      )}
    </div>
  )
}

function OtherPhones() {
  const { t } = useTexts()
  const { customers } = useBench()
  const id = useId()
  const { number, name } = useCustomer()
  const { data: phones = [], refetch } = useQuery(phonesQuery)
  const others = customers.recentFirst(phones.filter((one) => one.number !== number))
  const said = (of: string, called: string) =>
    called ? t('customer.current', { name: called, number: phone(of) }) : phone(of)
  if (others.length === 0) return null
  const choose = (chosen: string) => {
    const found = others.find((one) => one.number === chosen)
    if (found) customers.change({ number: found.number, name: customers.nameOf(chosen) })
  }
  return (
    <div className="field">
      <label htmlFor={id}>{t('customer.others')}</label>
      <select
        className="inp"
        id={id}
        value={number}
        onFocus={() => void refetch()}
        onChange={(event) => choose(event.target.value)}
      >
        <option value={number}>{said(number, name)}</option>
        {others.map((one) => (
          <option key={one.number} value={one.number}>
            {said(one.number, customers.nameOf(one.number))}
          </option>
        ))}
      </select>
    </div>
  )
}

function BusinessField() {
  const { t } = useTexts()
  const { customers } = useBench()
  const id = useId()
  const { to } = useCustomer()
  const { businesses } = useSetting()
  if (businesses.length < 2) return null
  return (
    <div className="field">
      <label htmlFor={id}>{t('customer.to')}</label>
      <select
        className="inp"
        id={id}
        value={to || businesses[0]?.number}
        onChange={(event) => customers.change({ to: event.target.value })}
      >
        {businesses.map((one) => (
          <option key={one.number} value={one.number}>
            {one.name || one.number.replace('whatsapp:', '')}
          </option>
        ))}
      </select>
    </div>
  )
}

function ReadsSwitch() {
  const { t } = useTexts()
  const { data: faults } = useQuery(faultsQuery)
  const { change } = useFaults()
  return (
    <Switch
      label={t('customer.reads')}
      on={faults?.read_receipts ?? false}
      reason={faults ? null : t('fault.loading')}
      isPassing={!faults}
      onTurn={(on) => change((held) => ({ ...held, read_receipts: on }))}
    />
  )
}
