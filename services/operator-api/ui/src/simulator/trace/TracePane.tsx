import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { Button } from '../../ui/Button'
import { Icon } from '../../ui/Icon'
import { useStore } from '../../ui/store'
import type { TraceEntry } from '../api'
import { useBench } from '../bench'
import { useTexts } from '../i18n'
import { ECONOMY_MS, traceQuery, useSetting } from '../queries'
import { useCustomer } from '../useCustomer'
import { TraceList } from './TraceList'
import { FILTERS, type Filter } from './trail'

export function TracePane() {
  const { t } = useTexts()
  const id = useId()
  const { number } = useCustomer()
  const { traces } = useSetting()
  const { phase } = useStore(useBench().live.connection)
  const [filter, choose] = useState<Filter>('all')
  const { data: trail, isPending } = useQuery({
    ...traceQuery(number),
    refetchInterval: phase === 'economy' ? ECONOMY_MS : false,
  })
  return (
    <section className="trace" id="trilha" tabIndex={-1} aria-labelledby={id}>
      <div className="trace__h">
        <h2 id={id}>{t('trace.title')}</h2>
        <span className="grow" />
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend that nobody sees. */}
        <div className="seg-ctl" role="group" aria-label={t('trace.filter')}>
          {FILTERS.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={filter === name}
              onClick={() => choose(name)}
            >
              {t(`trace.only.${name}`)}
            </button>
          ))}
        </div>
        <Download trail={trail ?? []} number={number} />
      </div>
      {!traces && (
        <p className="banner banner--info">
          <Icon name="eye" className="m" />
          {t('trace.oneSide')}
        </p>
      )}
      {isPending ? <Coming /> : <TraceList key={number} trail={trail ?? []} filter={filter} />}
    </section>
  )
}

function Coming() {
  const { t } = useTexts()
  return (
    <div className="trace__l trace__l--coming" aria-busy="true">
      <span className="vh">{t('state.loading')}</span>
      {[0, 1, 2, 3].map((at) => (
        <span key={at} className="skel" />
      ))}
    </div>
  )
}

function Download({ trail, number }: { trail: readonly TraceEntry[]; number: string }) {
  const { t } = useTexts()
  const nothing = trail.length === 0
  const save = () => {
    const file = new Blob([JSON.stringify(trail, null, 2)], { type: 'application/json' })
    const link = document.createElement('a')
    link.href = URL.createObjectURL(file)
    link.download = t('trace.file', { number: number.replace('+', '') })
    link.click()
    // The browser takes the file while the click is handled, or soon after.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  }
  return (
    <Button
      className="btn btn--quiet btn--icon"
      type="button"
      aria-label={t('trace.download')}
      title={t('trace.download')}
      reason={nothing ? t('trace.downloadNothing') : null}
      onClick={save}
    >
      <Icon name="download" />
    </Button>
  )
}
