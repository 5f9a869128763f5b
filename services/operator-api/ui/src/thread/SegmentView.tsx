import { useTranslation } from 'react-i18next'
import { useNow } from '../ui/clock'
import { clock, dayName } from '../ui/times'
import { BriefCard } from './BriefCard'
import { MessageView } from './MessageView'
import { isClosed, SegmentHead } from './SegmentHead'
import type { Item, Segment, SegmentKind } from './segments'

interface Props {
  segment: Segment
  customer: string
  me: string
  canSend: boolean
  /** Replies on their way, at the end of the last segment. */
  children?: React.ReactNode
}

const LINE: Record<SegmentKind, string> = {
  bot: 'seg seg--bot',
  wait: 'seg seg--wait',
  human: 'seg seg--human',
}

export function SegmentView({ segment, customer, me, canSend, children }: Props) {
  const label = useLabel(segment)
  const ended = hasEnded(segment)
  return (
    <section className={ended ? 'seg seg--none' : LINE[segment.kind]} aria-label={label}>
      <SegmentHead segment={segment} me={me} />
      {segment.kind === 'wait' && segment.episode && <BriefCard episode={segment.episode} />}
      <ol className="msgs">
        {segment.items.map((item) => (
          <ItemView key={keyOf(item)} item={item} customer={customer} me={me} canSend={canSend} />
        ))}
        {children}
      </ol>
    </section>
  )
}

function keyOf(item: Item): string {
  switch (item.kind) {
    case 'day':
      return `day-${item.at}`
    case 'unread':
      return item.kind
    case 'message':
      return item.message.id
  }
}

type ItemProps = Pick<Props, 'customer' | 'me' | 'canSend'> & { item: Item }

function ItemView({ item, ...around }: ItemProps) {
  const { i18n } = useTranslation()
  const now = useNow()
  switch (item.kind) {
    case 'day':
      return <li className="day">{dayName(item.at, now, i18n.language)}</li>
    case 'unread':
      return <UnreadLine count={item.count} />
    case 'message':
      return <MessageView message={item.message} joined={item.joined} {...around} />
  }
}

/** Stands where reading goes on, and brings it into view when the conversation opens. */
function UnreadLine({ count }: { count: number }) {
  const { t } = useTranslation()
  return (
    <li className="newline" ref={show}>
      {t('thread.unread', { count })}
    </li>
  )
}

function show(line: HTMLElement | null) {
  line?.scrollIntoView({ block: 'nearest' })
}

/** It was closed, and nobody has written since: there is no line of anybody. */
function hasEnded({ kind, episode, items, to }: Segment): boolean {
  return to === null && items.length === 0 && kind === 'bot' && isClosed(episode)
}

function useLabel(segment: Segment): string {
  const { t, i18n } = useTranslation()
  const { kind, from, to, operator } = segment
  const times = {
    from: clock(from, i18n.language),
    to: to === null ? '' : clock(to, i18n.language),
  }
  if (hasEnded(segment)) return t('segment.endedLabel', times)
  const name = operator?.name ?? t('segment.team')
  const labels: Record<SegmentKind, () => string> = {
    bot: () => t(to === null ? 'segment.botOpenLabel' : 'segment.botLabel', times),
    wait: () => t('segment.handoffLabel', times),
    human: () =>
      t(to === null ? 'segment.personOpenLabel' : 'segment.personLabel', { ...times, name }),
  }
  return labels[kind]()
}
