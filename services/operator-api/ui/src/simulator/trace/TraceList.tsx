import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useReading } from '../../thread/scrolling'
import { Empty } from '../../ui/Empty'
import { Icon } from '../../ui/Icon'
import { Store, useStore } from '../../ui/store'
import type { Entry, TraceEntry } from '../api'
import { onArrows } from '../arrows'
import { useBench } from '../bench'
import { useTexts } from '../i18n'
import { messagesQuery, traceQuery } from '../queries'
import { useCustomer } from '../useCustomer'
import { TraceRow } from './TraceRow'
import { type Filter, lights, lightsBubble, markOfEvent, rowsOf } from './trail'

interface Props {
  trail: readonly TraceEntry[]
  filter: Filter
}

export function TraceList({ trail, filter }: Props) {
  const { t } = useTexts()
  const bench = useBench()
  const press = usePressing()
  const mark = useStore(bench.mark)
  const list = useRef<HTMLDivElement>(null)
  const { rows, hidden } = rowsOf(trail, filter)
  const last = rows.at(-1)?.entry.number ?? 0
  const { leftAt, onScroll } = useReading(last)
  if (rows.length === 0) {
    const kind = trail.length === 0 ? 'nothing' : 'filtered'
    return <Empty title={t(`trace.${kind}`)} text={t(`trace.${kind}Text`)} />
  }
  return (
    <div className="trace__frame">
      <div
        className="trace__l"
        role="log"
        // Dozens of events a message: whoever listens reads them when they want to.
        aria-live="off"
        aria-label={t('trace.list')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        ref={list}
        onScroll={onScroll}
        onKeyDown={(event) => {
          onArrows(event)
          if (event.key === 'Escape') bench.mark.set(null)
        }}
      >
        <div className="trace__in">
          {hidden > 0 && <p className="trace__more">{t('trace.hidden', { count: hidden })}</p>}
          {rows.map(({ entry, since, before }) => (
            <TraceRow
              key={entry.number}
              entry={entry}
              since={since}
              before={before}
              isOpen={press.open.has(entry.number)}
              isLit={lights(mark, entry)}
              isStop={entry.number === last}
              onPress={press.toggle}
            />
          ))}
        </div>
      </div>
      {leftAt !== null && (
        <button
          className="btn btn--sm log__end"
          type="button"
          onClick={() => list.current?.scrollTo({ top: 0, behavior: 'smooth' })}
        >
          <Icon name="down" />
          {t('trace.toEnd')}
        </button>
      )}
    </div>
  )
}

/** Opening an event lights up its bubble; closing it puts the light out. */
function usePressing() {
  const { mark } = useBench()
  const { number } = useCustomer()
  const cache = useQueryClient()
  const [opened] = useState(() => new Store<ReadonlySet<number>>(new Set()))
  const [toggle] = useState(() => (entry: TraceEntry) => {
    const after = new Set(opened.get())
    const closes = after.delete(entry.number)
    if (!closes) after.add(entry.number)
    // What opens pushes upward what is read: the row has to stay in view.
    flushSync(() => opened.set(after))
    document.getElementById(`ev-${entry.number}`)?.scrollIntoView({ block: 'nearest' })
    const entries = cache.getQueryData<Entry[]>(messagesQuery(number).queryKey) ?? []
    const trail = cache.getQueryData<TraceEntry[]>(traceQuery(number).queryKey) ?? []
    const chosen = markOfEvent(entry, entries, trail)
    mark.set(closes ? null : chosen)
    const bubble = closes ? undefined : entries.find((one) => lightsBubble(chosen, one))
    if (bubble) document.getElementById(`m-${bubble.sid}`)?.scrollIntoView({ block: 'nearest' })
  })
  return { open: useStore(opened), toggle }
}
