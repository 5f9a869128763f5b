import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '../api'
import { needsWord } from '../composer/outbox'
import { useDesk } from '../desk'
import { thread } from '../thread/queries'
import { inBusiness, useNow } from '../ui/clock'
import { useStore } from '../ui/store'
import { clock } from '../ui/times'
import { frozen, type Opened, standsAt, withOpened } from './freezing'
import { grouped } from './grouping'
import { ListEmpty, ListFailed, ListLoading } from './ListStates'
import { NextKey, NextStrip } from './NextStrip'
import { useCounts, useRows } from './queries'
import { Rows } from './Rows'
import { PANEL, Tabs, tabId } from './Tabs'
import { SLUG, type View } from './views'
import type { Group } from './windowing'

interface Props {
  view: View
  current: string | undefined
}

export function ListPane({ view, current }: Props) {
  const { t } = useTranslation()
  const counts = useCounts()
  return (
    <section className="list" aria-label={t('list.label')} data-pane>
      <div className="list__head">
        <h2>{t('list.title')}</h2>
      </div>
      <Tabs view={view} current={current} counts={counts} />
      <div className="list__panel" role="tabpanel" id={PANEL} aria-labelledby={tabId(view)}>
        {view === 'waiting' ? <NextKey /> : <NextStrip view={view} />}
        <ListBody key={view} view={view} current={current} />
      </div>
    </section>
  )
}

const IDLE_MS = 10_000

function ListBody({ view, current }: Props) {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const {
    rows,
    data,
    isError,
    isPending,
    isFetching,
    error,
    dataUpdatedAt,
    hasNextPage,
    ...query
  } = useRows(view)
  const groups = useGroups(rows, view)
  const opened = useOpened(groups, current)
  const [held, hold] = useState<typeof groups | null>(null)
  const idle = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const release = () => {
    clearTimeout(idle.current)
    hold(null)
  }
  const freeze = () => {
    clearTimeout(idle.current)
    idle.current = setTimeout(release, IDLE_MS)
    if (!held) hold(groups)
  }
  if (isPending) return <ListLoading />
  if (!data) return <ListFailed error={error} onAgain={() => void query.refetch()} />
  const { groups: ordered, pending } = held ? frozen(held, rows, view) : { groups, pending: 0 }
  const shown = withOpened(ordered, opened)
  if (shown.length === 0 && !hasNextPage) return <ListEmpty view={view} />
  const loadMore = () => {
    if (hasNextPage && !isFetching) void query.fetchNextPage()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notices where the pointer and the focus are.
    <div
      className="list__body"
      onPointerMove={freeze}
      onPointerLeave={release}
      onFocus={freeze}
      onBlur={release}
    >
      {isError && (
        <p className="list__stale" role="status">
          {t('list.stale', { time: clock(inBusiness(dataUpdatedAt || Date.now()), i18n.language) })}
        </p>
      )}
      {pending > 0 && (
        <div className="list__fresh">
          <button className="btn btn--sm btn--pri" type="button" onClick={release}>
            {t('list.fresh', { count: pending })}
          </button>
        </div>
      )}
      <Rows
        groups={shown}
        view={view}
        current={current}
        ended={!hasNextPage}
        onNearEnd={loadMore}
        onStep={({ id }) => {
          void navigate({ to: '/conversas/{-$vista}/{-$id}', params: { vista: SLUG[view], id } })
        }}
      />
    </div>
  )
}

function useGroups(rows: readonly Conversation[], view: View): readonly Group<Conversation>[] {
  const { t, i18n } = useTranslation()
  const { operator, outbox } = useDesk()
  const now = useNow()
  const replies = useStore(outbox)
  return useMemo(() => {
    const unsent = new Set(replies.filter(needsWord).map((reply) => reply.conversation))
    return grouped(rows, view, { me: operator.id, now, unsent, t, locale: i18n.language })
  }, [rows, view, operator.id, now, replies, t, i18n.language])
}

/** Remember the open row and its place; its content comes from its thread once it has left the list. */
function useOpened(
  groups: readonly Group<Conversation>[],
  current: string | undefined,
): Opened | null {
  const [opened, remember] = useState<Opened | null>(null)
  const { data } = useQuery({ ...thread(current ?? ''), enabled: false })
  const stands = standsAt(groups, current)
  const moved = stands && (opened?.row !== stands.row || opened.at !== stands.at)
  if (moved || (stands && opened?.group !== stands.group)) remember(stands)
  if (!opened || opened.row.id !== current) return null
  return data && data.id === current ? { ...opened, row: data } : opened
}
