import { formatted } from '../../ui/formatted'
import { Icon, type IconName } from '../../ui/Icon'
import { clock } from '../../ui/times'
import type { Entry, Media } from '../api'
import { useTexts } from '../i18n'
import { MediaView } from './MediaView'
import { atOf, neverArrived, type Pending, type Tick } from './talk'

const TICK: Record<Tick, IconName> = {
  sending: 'clock',
  failed: 'alert',
  taken: 'check',
  arrived: 'checks',
  lost: 'alert',
}

interface Props {
  entry: Entry
  tick: Tick
  isLit: boolean
  /** The one that the Tab key stops at. */
  isStop: boolean
  onPress: () => void
}

/** A message on the phone; pressing it shows what happened to it. */
export function Bubble({ entry, tick, isLit, isStop, onPress }: Props) {
  const mine = entry.direction === 'inbound'
  const gone = neverArrived(entry)
  const shape = gone ? 'ph__b ph__b--gone' : mine ? 'ph__b me' : 'ph__b'
  return (
    <button
      className={isLit ? `${shape} is-lit` : shape}
      type="button"
      id={`m-${entry.sid}`}
      data-stop
      tabIndex={isStop ? 0 : -1}
      aria-pressed={isLit}
      onClick={onPress}
    >
      {gone ? (
        <Gone code={entry.error_code} />
      ) : (
        <Content text={entry.body} media={entry.media} at={atOf(entry)} tick={mine ? tick : null} />
      )}
    </button>
  )
}

/** The customer never sees it; whoever tries things out should know that it was there. */
function Gone({ code }: { code: number | null }) {
  const { t } = useTexts()
  return (
    <>
      <Icon name="alert" className="s" />
      <span>{code === null ? t('phone.gone') : t('phone.goneCode', { code })}</span>
    </>
  )
}

export function LeavingBubble({
  pending,
  onAgain,
}: {
  pending: Pending
  onAgain: (pending: Pending) => void
}) {
  const { t } = useTexts()
  const failed = pending.state === 'failed'
  return (
    <div className="ph__leaving">
      <div className={failed ? 'ph__b me ph__b--fail' : 'ph__b me'}>
        <Content text={pending.text} media={pending.media} at={pending.at} tick={pending.state} />
      </div>
      {failed && (
        <p className="ph__fail" role="alert">
          {t('phone.failed')}{' '}
          <button type="button" onClick={() => onAgain(pending)}>
            {t('phone.again')}
          </button>
        </p>
      )}
    </div>
  )
}

interface ContentProps {
  text: string
  media: readonly Media[]
  at: number
  tick: Tick | null
}

function Content({ text, media, at, tick }: ContentProps) {
  const { t, i18n } = useTexts()
  return (
    <>
      {media.map((one) => (
        <MediaView key={one.url} media={one} />
      ))}
      <span className="ph__text">{formatted(text)}</span>
      <small>
        {clock(at, i18n.language)}
        {tick !== null && (
          <Icon
            name={TICK[tick]}
            className={tick === 'lost' || tick === 'failed' ? 's no' : 's'}
            label={t(`tick.${tick}`)}
          />
        )}
      </small>
    </>
  )
}
