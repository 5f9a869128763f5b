import { initials } from '../../ui/people'
import { useTexts } from '../i18n'
import { useSetting } from '../queries'
import { RunStrip } from '../side/RunLine'
import { useCustomer } from '../useCustomer'
import { PhoneForm } from './PhoneForm'
import { PhoneLog } from './PhoneLog'

export function PhonePane() {
  const { t } = useTexts()
  const { number, to } = useCustomer()
  const { businesses } = useSetting()
  const business = businesses.find((one) => one.number === to) ?? businesses[0]
  const name = business?.name || (business?.number.replace('whatsapp:', '') ?? '')
  return (
    <section className="sim__phone" id="aparelho" aria-label={t('phone.label')}>
      <RunStrip />
      <div className="ph">
        <div className="ph__s">
          <div className="ph__top">
            <span className="ava ph__face" aria-hidden="true">
              {initials(name)}
            </span>
            <span className="ph__who">
              <b>{name}</b>
              <small>{t('phone.business')}</small>
            </span>
          </div>
          <PhoneLog key={number} />
          <PhoneForm key={`${number}-form`} />
        </div>
      </div>
    </section>
  )
}
