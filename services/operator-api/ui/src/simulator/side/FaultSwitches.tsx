import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useStore } from '../../ui/store'
import type { Setting } from '../api'
import { useBench } from '../bench'
import { SWITCH_NAMES, SWITCHES, type SwitchName } from '../fault/switches'
import { useFaults } from '../fault/useFaults'
import { useTexts } from '../i18n'
import { faultsQuery, useSetting } from '../queries'
import { Switch } from './Switch'

/** What a switch needs and this place may not have. */
const NEEDS: Partial<Record<SwitchName, (setting: Setting) => boolean>> = {
  slowBot: (setting) => setting.slows_bot,
}

export function FaultSwitches() {
  const { t } = useTexts()
  const id = useId()
  const setting = useSetting()
  const { outage } = useBench()
  const isOut = useStore(outage)
  const { data: faults } = useQuery(faultsQuery)
  const { change, isError } = useFaults()
  const why = (name: SwitchName) => {
    if (!faults) return t('fault.loading')
    return (NEEDS[name]?.(setting) ?? true) ? null : t(`fault.${name as 'slowBot'}Why`)
  }
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{t('fault.title')}</h2>
      <div className="switches">
        {SWITCH_NAMES.map((name) => (
          <Switch
            key={name}
            label={t(`fault.${name}`)}
            on={faults ? SWITCHES[name].isOn(faults) : false}
            reason={why(name)}
            isPassing={!faults}
            onTurn={(on) => change((held) => SWITCHES[name].turned(held, on))}
          />
        ))}
        <Switch
          label={t('fault.outage')}
          on={isOut}
          reason={setting.same_browser ? null : t('fault.outageWhy')}
          note={t('fault.outageNote')}
          onTurn={outage.turn}
        />
      </div>
      {isError && (
        <p className="err" role="alert">
          {t('fault.failed')}
        </p>
      )}
    </section>
  )
}
