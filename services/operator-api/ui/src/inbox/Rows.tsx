import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '../api'
import { useNow } from '../ui/clock'
import { focusRow } from './focusing'
import { Row } from './Row'
import { useViewport } from './viewport'
import type { View } from './views'
import { type Group, placeOf, windowed } from './windowing'

interface Props {
  groups: readonly Group<Conversation>[]
  view: View
  current: string | undefined
  /** The whole list, as far as it is known. */
  ended: boolean
  /** The end of what is loaded comes near. */
  onNearEnd: () => void
  onStep: (to: Conversation) => void
}

/** So many rows ahead the next page is fetched: a fling must not meet the end of what is loaded. */
const NEAR = 60

/** Draws the rows that the box shows, and none of the others. */
export function Rows({ groups, view, current, ended, onNearEnd, onStep }: Props) {
  const { t } = useTranslation()
  const now = useNow()
  const box = useRef<HTMLDivElement>(null)
  const [viewport, attach] = useViewport()
  const shown = windowed(groups, viewport.sizes, viewport)
  const left = shown.height - viewport.top - viewport.height
  if (!ended && left < NEAR * viewport.sizes.row) queueMicrotask(onNearEnd)

  const total = groups.reduce((sum, group) => sum + group.rows.length, 0)
  const step = (by: number) => {
    const flat = groups.flatMap((group) => group.rows)
    const at = flat.findIndex((row) => row.id === current)
    const next = flat[at < 0 ? 0 : Math.min(Math.max(at + by, 0), flat.length - 1)]
    if (!next) return
    reveal(
      box.current,
      placeOf(groups, viewport.sizes, (row) => row.id === next.id),
    )
    onStep(next)
    focusRow(next.id)
  }
  return (
    <div
      className="rows"
      ref={(element) => {
        box.current = element
        return attach(element)
      }}
    >
      <div className="probe" data-probe="row" aria-hidden="true" />
      <div className="probe probe--head" data-probe="head" aria-hidden="true" />
      <div className="rows__in" style={{ height: shown.height }}>
        {shown.parts.map(({ group, top, height, rows: drawn }) => (
          <div key={group.key} className="rows__group" style={{ top, height }}>
            {group.title !== null && (
              <h3>
                {group.title}{' '}
                <span>
                  {group.rows.length}
                  {!ended && group === groups.at(-1) && '+'}
                </span>
              </h3>
            )}
            <ul>
              {drawn.map(({ row, index, top: place }) => (
                <li
                  key={row.id}
                  style={{ top: place }}
                  aria-setsize={ended ? group.rows.length : -1}
                  aria-posinset={index + 1}
                >
                  <Row row={row} view={view} current={row.id === current} now={now} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      <p className="rows__end">{ended ? t('list.end', { count: total }) : t('list.more')}</p>
      {/* What J and K press. */}
      <button
        className="vh"
        type="button"
        tabIndex={-1}
        aria-keyshortcuts="J"
        onClick={() => step(1)}
      >
        {t('keys.next')}
      </button>
      <button
        className="vh"
        type="button"
        tabIndex={-1}
        aria-keyshortcuts="K"
        onClick={() => step(-1)}
      >
        {t('keys.previous')}
      </button>
    </div>
  )
}

function reveal(box: HTMLElement | null, place: { top: number; bottom: number } | null): void {
  if (!box || !place) return
  if (place.top < box.scrollTop) box.scrollTop = place.top
  else if (place.bottom > box.scrollTop + box.clientHeight) {
    box.scrollTop = place.bottom - box.clientHeight
  }
}
