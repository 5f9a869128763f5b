import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Episode, Thread } from '../api'
import type { Reply } from '../composer/outbox'
import { useDesk } from '../desk'
import { Button } from '../ui/Button'
import { Icon } from '../ui/Icon'
import { customerName, firstName } from '../ui/people'
import { useStore } from '../ui/store'
import { LeavingView } from './LeavingView'
import type { Held } from './merging'
import { useOlder } from './queries'
import { SegmentView } from './SegmentView'
import { seen, useReading } from './scrolling'
import { type Segment, segmentsOf, type Unread } from './segments'

interface Props {
  thread: Thread
  held: Held
  episodes: readonly Episode[]
  canSend: boolean
}

export function Log({ thread, held, episodes, canSend }: Props) {
  const { t } = useTranslation()
  const { operator, outbox, reads } = useDesk()
  const log = useRef<HTMLDivElement>(null)
  const last = held.items.at(-1)?.seq ?? 0
  const { leftAt, onScroll } = useReading(last)
  const [unread] = useState(() => unreadOf(thread, reads.upto(thread.id)))
  const segments = segmentsOf(held.items, episodes, unread)
  const leaving = useStore(outbox).filter(
    (reply) => reply.conversation === thread.id && !isShown(reply, held),
  )
  const fresh =
    leftAt === null ? 0 : held.items.filter((m) => m.seq > leftAt && m.author === 'customer').length
  const toEnd = () => log.current?.scrollTo({ top: 0, behavior: 'smooth' })
  const customer = customerName(thread)
  const ends = segments.at(-1)
  return (
    <div className="log__frame">
      <div
        className="log"
        role="log"
        aria-label={t('thread.messages')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        ref={log}
        onScroll={onScroll}
      >
        <div className="log__in">
          <PinnedBrief segments={segments} />
          <Older id={thread.id} more={held.more} />
          {held.items.length === 0 && <p className="day">{t('thread.empty')}</p>}
          {segments.map((segment) => (
            <SegmentView
              key={segment.key}
              segment={segment}
              customer={customer}
              me={operator.id}
              canSend={canSend}
            >
              {segment === ends &&
                leaving.map((reply, at) => (
                  <LeavingView
                    key={reply.key}
                    reply={reply}
                    author={firstName(operator.name)}
                    joined={at > 0}
                  />
                ))}
            </SegmentView>
          ))}
          <span
            className="log__last"
            ref={seen((visible) => (visible ? reads.look(thread.id, last) : reads.away()))}
          />
        </div>
      </div>
      {leftAt !== null && (
        <button className="btn btn--sm log__end" type="button" onClick={toEnd}>
          <Icon name="down" />
          {fresh > 0 ? t('thread.newBelow', { count: fresh }) : t('thread.toEnd')}
        </button>
      )}
    </div>
  )
}

/** Nothing is "new" in a conversation that was never read here: there the brief says where to begin. */
function unreadOf(thread: Thread, upto: number | null): Unread | null {
  return upto === null ? null : { upto, until: thread.seq }
}

function isShown(reply: Reply, held: Held): boolean {
  return reply.message !== null && held.items.some((message) => message.id === reply.message)
}

function Older({ id, more }: { id: string; more: boolean }) {
  const { t } = useTranslation()
  const { load, state } = useOlder(id)
  if (!more) return <p className="log__start">{t('thread.start')}</p>
  return (
    <p className="log__start">
      <Button
        className="btn btn--quiet btn--sm"
        type="button"
        pending={state === 'loading' ? t('thread.loadingOlder') : null}
        // After a failure only by hand: it must not repeat itself at every drawing.
        ref={seen((visible) => visible && state === 'idle' && void load())}
        onClick={() => void load()}
      >
        {t('thread.older')}
      </Button>
    </p>
  )
}

/** The brief in one line while it is out of sight; `H` goes there. */
function PinnedBrief({ segments }: { segments: readonly Segment[] }) {
  const { t } = useTranslation()
  const [hidden, hide] = useState(false)
  const episode = segments.findLast((segment) => segment.kind === 'wait')?.episode
  if (!episode) return null
  const target = () => document.getElementById(`brief-${episode.id}`)
  const go = () => {
    target()?.scrollIntoView({ block: 'center' })
    target()?.focus({ preventScroll: true })
  }
  const watch = () => {
    const brief = target()
    if (brief) return seen((visible) => hide(!visible))(brief)
  }
  return (
    <div className={hidden ? 'pinned' : 'pinned pinned--off'} ref={watch}>
      <Icon name="baton" className="m" />
      <span className="trunc grow">
        <b>{t('brief.pinned')}</b> {episode.brief?.summary ?? t('brief.none')}
      </span>
      <button className="btn btn--quiet btn--sm" type="button" aria-keyshortcuts="H" onClick={go}>
        {t('brief.see')} <kbd>H</kbd>
      </button>
    </div>
  )
}
