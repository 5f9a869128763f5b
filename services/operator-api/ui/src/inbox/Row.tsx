import { useQueryClient } from '@tanstack/react-query'
import { useLinkProps } from '@tanstack/react-router'
import { memo, type ReactNode, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '../api'
import { useDesk } from '../desk'
import { holderOf, ROW_LINE } from '../ownership'
import { prefetchThread } from '../thread/queries'
import { CustomerAvatar } from '../ui/Avatar'
import { customerName } from '../ui/people'
import { useStore } from '../ui/store'
import { moment, since } from '../ui/times'
import { TARGET_MS } from './grouping'
import { reasonKey } from './reasons'
import { belongs, momentOf, SLUG, type View } from './views'

interface Props {
  row: Conversation
  view: View
  current: boolean
  now: number
}

const HOVER_MS = 80

export const Row = memo(function Row({ row, view, current, now }: Props) {
  const desk = useDesk()
  const cache = useQueryClient()
  const holder = holderOf(row.owner, desk.operator.id)
  const left = !belongs(row, view, desk.operator.id)
  const name = customerName(row)
  const waited = row.waiting_since === null ? null : now - Date.parse(row.waiting_since)
  const link = useLinkProps({
    to: '/conversas/{-$vista}/{-$id}',
    params: { vista: SLUG[view], id: row.id },
  })
  return (
    <a
      {...link}
      href={link.href}
      className={`row ${ROW_LINE[holder]} ${holder === 'waiting' ? 'row--unread' : ''} ${left ? 'row--left' : ''}`}
      // The router says "page" for a link that leads here; in a list the open one is "true".
      aria-current={current || undefined}
      data-row={row.id}
      onPointerEnter={(event) => {
        const element = event.currentTarget
        setTimeout(() => element.matches(':hover') && prefetchThread(cache, row.id), HOVER_MS)
      }}
      onFocus={() => prefetchThread(cache, row.id)}
    >
      <CustomerAvatar id={row.id} name={name} />
      <span className="trunc">
        <span className="row__a">
          <span className="row__name trunc">{name}</span>
          <RowTime row={row} view={view} waited={waited} now={now} />
        </span>
        <span className="row__b">
          <Preview row={row} />
        </span>
        <span className="row__c">
          <Facts row={row} me={desk.operator.id} />
        </span>
      </span>
      {waited !== null && (
        <span className={waited >= TARGET_MS ? 'fuse fuse--late' : 'fuse'}>
          <i style={{ width: `${Math.min(100, (waited / TARGET_MS) * 100)}%` }} />
        </span>
      )}
    </a>
  )
})

function RowTime({
  row,
  view,
  waited,
  now,
}: {
  row: Conversation
  view: View
  waited: number | null
  now: number
}) {
  const { t, i18n } = useTranslation()
  if (waited !== null) {
    const said = since(waited, t)
    const tone = waited >= TARGET_MS ? 'late' : 'wait'
    return (
      <span className={`row__time row__time--${tone}`}>
        <span className="vh">{t('list.time.waiting', { duration: said })}</span>
        <span aria-hidden="true">{said}</span>
      </span>
    )
  }
  return <span className="row__time">{moment(momentOf(row, view), now, i18n.language)}</span>
}

/** A failed send, else my draft, else the last message. */
function Preview({ row }: { row: Conversation }): ReactNode {
  const { t } = useTranslation()
  const { outbox, drafts } = useDesk()
  const failed = useStore(outbox).some(
    (reply) =>
      reply.conversation === row.id && (reply.state === 'failed' || reply.state === 'stale'),
  )
  const draft = useSyncExternalStore(drafts.subscribe, () => drafts.text(row.id).trim())
  if (failed) return <span className="fail trunc">{t('list.unsent')}</span>
  if (draft !== '') {
    return (
      <span className="trunc">
        <em>{t('list.draft')}</em> {draft.slice(0, 120)}
      </span>
    )
  }
  return <span className="trunc">{row.preview || t('list.noText')}</span>
}

/** The one or two things that matter. */
function Facts({ row, me }: { row: Conversation; me: string }) {
  const { t } = useTranslation()
  const holder = holderOf(row.owner, me)
  const reason = row.handoff_reason
  const person = row.owner.operator_name ?? t('owner.someone')
  return (
    <>
      {reason !== null && holder === 'waiting' && (
        <span className="chip chip--wait">{t(`reason.${reasonKey(reason)}`)}</span>
      )}
      {reason !== null && holder === 'mine' && (
        <span className="chip chip--line">{t(`reason.${reasonKey(reason)}`)}</span>
      )}
      <span className="trunc">
        {holder === 'other' ? t('owner.other', { name: person }) : t(`owner.${holder}`)}
      </span>
    </>
  )
}

export function RowSkeleton() {
  return (
    <div className="row row--skel">
      <span className="skel skel--face" />
      <span>
        <span className="skel skel--name" />
        <span className="skel skel--line" />
        <span className="skel skel--chip" />
      </span>
    </div>
  )
}
