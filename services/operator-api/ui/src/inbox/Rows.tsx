import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '../api'
import { useNow } from '../ui/clock'
import { grouped } from './grouping'
import { Row } from './Row'
import { useViewport } from './viewport'
import type { View } from './views'
import { placeOf, windowed } from './windowing'

interface Props {
  rows: readonly Conversation[]
  view: View
  current: string | undefined
  /** The whole list, as far as it is known. */
  ended: boolean
  /** The end of what is loaded comes near. */
  onNearEnd: () => void
  onStep: (to: Conversation) => void
}

const NEAR = 15

/** Draws the rows that the box shows, and none of the others. */
export function Rows({ rows, view, current, ended, onNearEnd, onStep }: Props) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const box = useRef<HTMLDivElement>(null)
  const [viewport, attach] = useViewport()
  const groups = grouped(rows, view, now, t, i18n.language)
  const shown = windowed(groups, viewport.sizes, viewport)
  const left = shown.height - viewport.top - viewport.height
  if (!ended && left < NEAR * viewport.sizes.row) queueMicrotask(onNearEnd)

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
                {group.title} <span>{group.rows.length}</span>
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
      <p className="rows__end">{ended ? t('list.end', { count: rows.length }) : t('list.more')}</p>
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
        {t('keys.next')}
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
