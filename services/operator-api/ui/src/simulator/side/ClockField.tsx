import { useMutation, useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { Button } from '../../ui/Button'
import { useNow } from '../../ui/clock'
import { useBench } from '../bench'
import { useTexts } from '../i18n'
import { clockQuery, useSetting } from '../queries'
import { weekdayClock } from '../times'

const HOURS = [1, 23, 24] as const

export function ClockField() {
  const { t, i18n } = useTexts()
  const bench = useBench()
  const id = useId()
  const { travels } = useSetting()
  const { data: clock } = useQuery(clockQuery)
  const moving = useMutation({ mutationFn: (hours: number) => bench.forward(hours * 3600) })
  const now = useNow() + (clock?.ahead_seconds ?? 0) * 1000
  const time = weekdayClock(now, i18n.language)
  return (
    <section className="hide-m" aria-labelledby={id}>
      <h2 id={id}>{t('clock.title')}</h2>
      <div className="row-flex">
        {HOURS.map((hours) => (
          <Button
            key={hours}
            className="btn btn--sm"
            type="button"
            reason={moving.isPending ? t('clock.moving') : null}
            onClick={() => moving.mutate(hours)}
          >
            {t('clock.plus', { hours })}
            <span className="vh">{t('clock.forward')}</span>
          </Button>
        ))}
      </div>
      <p className="hint sim__hint">
        {clock && t(clock.ahead_seconds > 0 ? 'clock.ahead' : 'clock.now', { time })}
      </p>
      <p className="hint">{t(`clock.${travels}`)}</p>
      {moving.isError && (
        <p className="err" role="alert">
          {t('clock.failed')}
        </p>
      )}
    </section>
  )
}
