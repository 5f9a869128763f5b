import { useTexts } from '../i18n'
import { ClockField } from './ClockField'
import { CustomerFields } from './CustomerFields'
import { FaultSwitches } from './FaultSwitches'
import { Scripts } from './Scripts'

export function SidePane() {
  const { t } = useTexts()
  return (
    <aside className="sim__side" aria-label={t('side.label')}>
      <Scripts />
      <FaultSwitches />
      <ClockField />
      <CustomerFields />
    </aside>
  )
}
