import { useId, useState } from 'react'
import { flushSync } from 'react-dom'
import { Icon, type IconName } from '../../ui/Icon'
import { useStore } from '../../ui/store'
import { useBench } from '../bench'
import { useTexts } from '../i18n'
import type { Chosen, Run } from '../script/running'
import { SCRIPT_NAMES, SCRIPTS, type Script } from '../script/scripts'
import { scriptIn } from '../script/sharing'
import { RunLine } from './RunLine'

export function Scripts() {
  const { t } = useTexts()
  const { running } = useBench()
  const id = useId()
  const run = useStore(running)
  const [shared] = useState(() => scriptIn(location.hash))
  const row = (name: Chosen, icon: IconName, script: Script) => (
    <ScriptRow
      key={name}
      name={name}
      icon={icon}
      run={run?.name === name ? run : null}
      onStart={() => {
        flushSync(() => void running.start(name, script))
        // On a small screen it is elsewhere.
        document.getElementById('aparelho')?.scrollIntoView({ block: 'nearest' })
      }}
    />
  )
  return (
    <section>
      <h2 id={id}>{t('script.title')}</h2>
      <ul className="scen" aria-labelledby={id}>
        {shared && row('shared', 'link', shared)}
        {SCRIPT_NAMES.map((name) => row(name, SCRIPTS[name].icon, SCRIPTS[name]))}
      </ul>
    </section>
  )
}

interface Props {
  name: Chosen
  icon: IconName
  run: Run | null
  onStart: () => void
}

function ScriptRow({ name, icon, run, onStart }: Props) {
  const { t } = useTexts()
  const chosen = run !== null
  return (
    <li className={chosen ? 'scen__row is-run' : 'scen__row'}>
      <button type="button" aria-pressed={chosen} onClick={onStart}>
        <Icon name={icon} />
        {t(`script.${name}`)}
      </button>
      {run && <RunLine run={run} />}
    </li>
  )
}
