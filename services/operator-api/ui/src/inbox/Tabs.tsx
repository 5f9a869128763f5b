import { useNavigate } from '@tanstack/react-router'
import type { KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Counts } from '../api'
import { SLUG, VIEWS, type View } from './views'

export const PANEL = 'conversas'
export const tabId = (view: View): string => `tab-${SLUG[view]}`

interface Props {
  view: View
  current: string | undefined
  counts: Counts | undefined
}

const STEP: Record<string, number | undefined> = { ArrowRight: 1, ArrowLeft: -1 }

/** The tab pattern: one stop for the keyboard, arrows between tabs, and the address says which. */
export function Tabs({ view, current, counts }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const pick = (to: View) =>
    navigate({ to: '/conversas/{-$vista}/{-$id}', params: { vista: SLUG[to], id: current } })
  const pressed = (event: KeyboardEvent<HTMLElement>) => {
    const step = STEP[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = VIEWS[(VIEWS.indexOf(view) + step + VIEWS.length) % VIEWS.length] ?? view
    document.getElementById(tabId(next))?.focus()
    void pick(next)
  }
  return (
    <div className="tabs" role="tablist" aria-label={t('views.label')} onKeyDown={pressed}>
      {VIEWS.map((each, at) => (
        <button
          key={each}
          id={tabId(each)}
          type="button"
          role="tab"
          aria-selected={each === view}
          aria-controls={each === view ? PANEL : undefined}
          aria-keyshortcuts={String(at + 1)}
          // Without the name: beside a count, "(1)" would read as one.
          title={t('keys.key', { key: at + 1 })}
          tabIndex={each === view ? 0 : -1}
          ref={each === view ? reveal : undefined}
          onClick={() => void pick(each)}
        >
          {t(`views.${each}`)} <TabCount view={each} counts={counts} />
        </button>
      ))}
    </div>
  )
}

/** On a phone the last tabs stand outside. */
function reveal(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}

const COUNTED: Record<View, 'waiting' | 'mine' | null> = {
  waiting: 'waiting',
  mine: 'mine',
  bot: null,
  all: null,
  closed: null,
}

function TabCount({ view, counts }: Pick<Props, 'view' | 'counts'>) {
  const counted = COUNTED[view]
  if (!counts || !counted) return null
  const count = counts[counted]
  const said = count > 99 ? '99+' : String(count)
  if (counted === 'mine') return <small>{said}</small>
  return count > 0 ? <span className="count count--wait">{said}</span> : null
}
