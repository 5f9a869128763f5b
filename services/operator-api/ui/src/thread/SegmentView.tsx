import { Trans, useTranslation } from 'react-i18next'
import { BotAvatar, PersonAvatar } from '../ui/Avatar'
import { useNow } from '../ui/clock'
import { Icon } from '../ui/Icon'
import { clock, dayName, duration } from '../ui/times'
import { BriefCard } from './BriefCard'
import { MessageView } from './MessageView'
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
  return (
    <section className={LINE[segment.kind]} aria-label={label}>
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

function useLabel({ kind, from, to, operator }: Segment): string {
  const { t, i18n } = useTranslation()
  const times = {
    from: clock(from, i18n.language),
    to: to === null ? '' : clock(to, i18n.language),
  }
  const name = operator?.name ?? t('segment.team')
  const labels: Record<SegmentKind, () => string> = {
    bot: () => t(to === null ? 'segment.botOpenLabel' : 'segment.botLabel', times),
    wait: () => t('segment.handoffLabel', times),
    human: () =>
      t(to === null ? 'segment.personOpenLabel' : 'segment.personLabel', { ...times, name }),
  }
  return labels[kind]()
}

function SegmentHead({ segment, me }: { segment: Segment; me: string }) {
  const { t, i18n } = useTranslation()
  const { operator, kind } = segment
  const name = operator?.name ?? t('segment.team')
  const from = clock(segment.from, i18n.language)
  const lasted = segment.to === null ? '' : duration(segment.to - segment.from, t)
  const open = segment.to === null
  // What the bot was told when it got the conversation back.
  const note = kind === 'bot' ? (segment.episode?.note ?? '') : ''
  const said = {
    bot: open ? 'segment.botServes' : 'segment.botServed',
    wait: open ? 'segment.handoffOpen' : 'segment.handoff',
    human: operator?.id === me ? 'segment.you' : 'segment.person',
  } as const
  return (
    <div className="seg__head">
      <SegmentMark kind={kind} name={name} />
      <span>
        <Trans
          i18nKey={said[kind]}
          values={{ from, name, duration: lasted }}
          components={{ b: <b /> }}
        />
        {note !== '' && ` · ${t('segment.note', { note })}`}
      </span>
    </div>
  )
}

function SegmentMark({ kind, name }: { kind: SegmentKind; name: string }) {
  if (kind === 'bot') return <BotAvatar />
  if (kind === 'human') return <PersonAvatar name={name} />
  return (
    <span className="seg__node" aria-hidden="true">
      <Icon name="baton" />
    </span>
  )
}
