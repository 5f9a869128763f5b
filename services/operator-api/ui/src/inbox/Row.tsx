import { useQueryClient } from '@tanstack/react-query'
import { useLinkProps } from '@tanstack/react-router'
import { memo, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '../api'
import { useDesk } from '../desk'
import { holderOf, ROW_LINE } from '../ownership'
import { prefetchThread } from '../thread/shelf'
import { CustomerAvatar } from '../ui/Avatar'
import { customerName } from '../ui/people'
import { duration, moment, since } from '../ui/times'
import { TARGET_MS, waitsSince } from './owing'
import { Facts, Preview } from './RowText'
import { belongs, momentOf, SLUG, type View } from './views'

interface Props {
  row: Conversation
  view: View
  current: boolean
  now: number
}

const HOVER_MS = 80

export const Row = memo(function Row({ row, view, current, now }: Props) {
  const { t } = useTranslation()
  const { operator, reads } = useDesk()
  const cache = useQueryClient()
  const holder = holderOf(row, operator.id)
  const left = !belongs(row, view, operator.id)
  const name = customerName(row)
  const from = waitsSince(row, operator.id)
  const waited = from === null ? null : Math.max(0, now - from)
  const read = useSyncExternalStore(reads.subscribe, () => reads.upto(row.id))
  const unread = waited !== null && row.seq > (read ?? 0)
  const link = useLinkProps({
    to: '/conversas/{-$vista}/{-$id}',
    params: { vista: SLUG[view], id: row.id },
  })
  return (
    <a
      {...link}
      href={link.href}
      className={`row ${ROW_LINE[holder]} ${unread ? 'row--unread' : ''} ${left ? 'row--left' : ''}`}
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
          <span className="row__name trunc">
            {name}
            {unread && <span className="vh">, {t('list.unread')}</span>}
          </span>
          <RowTime row={row} view={view} waited={waited} now={now} />
        </span>
        <span className="row__b">
          <Preview row={row} />
          {unread && <i className="row__dot" aria-hidden="true" />}
        </span>
        <span className="row__c">
          <Facts row={row} holder={holder} now={now} />
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
        <span className="vh">{t('list.time.waiting', { duration: duration(waited, t) })}</span>
        <span aria-hidden="true">{said}</span>
      </span>
    )
  }
  return <span className="row__time">{moment(momentOf(row, view), now, i18n.language)}</span>
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
