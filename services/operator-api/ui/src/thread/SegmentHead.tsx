import type { TFunction } from 'i18next'
import { Trans, useTranslation } from 'react-i18next'
import type { Episode } from '../api'
import { outcomeKey } from '../inbox/reasons'
import { BotAvatar, PersonAvatar } from '../ui/Avatar'
import { Icon } from '../ui/Icon'
import { clock, duration } from '../ui/times'
import type { Segment } from './segments'

/** It ended for good, not by going back to the bot. */
export function isClosed(episode: Episode | null): boolean {
  return episode !== null && episode.outcome !== '' && episode.outcome !== 'returned'
}

/** Who took the baton, from whom, and when. */
export function SegmentHead({ segment, me }: { segment: Segment; me: string }) {
  const { t, i18n } = useTranslation()
  const { episode, operator, to } = segment
  const actor = operator?.name ?? episode?.operator_name ?? t('segment.team')
  // What the bot was told when it got the conversation back, or the team when it was closed.
  const note = segment.kind === 'bot' ? (episode?.note ?? '') : ''
  const values = {
    from: clock(segment.from, i18n.language),
    name: actor,
    duration: to === null ? '' : duration(to - segment.from, t),
    outcome: outcomeOf(episode, t),
  }
  return (
    <div className="seg__head">
      <SegmentMark segment={segment} name={actor} />
      <span>
        <Trans i18nKey={keyOf(segment, me)} values={values} components={{ b: <b /> }} />
        {note !== '' && ` · ${t('segment.note', { note })}`}
      </span>
    </div>
  )
}

function outcomeOf(episode: Episode | null, t: TFunction): string {
  return episode && isClosed(episode) ? t(`outcome.${outcomeKey(episode.outcome)}`) : ''
}

function keyOf({ kind, episode, operator, to }: Segment, me: string) {
  const isOpen = to === null
  if (kind === 'wait') return isOpen ? 'segment.handoffOpen' : 'segment.handoff'
  if (kind === 'human') return operator?.id === me ? 'segment.you' : 'segment.person'
  if (!episode) return isOpen ? 'segment.botServes' : 'segment.botServed'
  const isMine = episode.operator_id === me
  if (isClosed(episode)) return isMine ? 'segment.endedYou' : 'segment.ended'
  return isMine ? 'segment.returnedYou' : 'segment.returned'
}

function SegmentMark({ segment, name }: { segment: Segment; name: string }) {
  const { kind, episode } = segment
  if (kind === 'human') return <PersonAvatar name={name} />
  if (kind === 'bot' && !isClosed(episode)) return <BotAvatar />
  return (
    <span className={`seg__node ${kind === 'bot' ? 'seg__node--done' : ''}`} aria-hidden="true">
      <Icon name={kind === 'bot' ? 'done' : 'baton'} />
    </span>
  )
}
