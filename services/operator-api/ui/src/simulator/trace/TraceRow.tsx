import { memo } from 'react'
import { Icon } from '../../ui/Icon'
import type { Owner, TraceEntry } from '../api'
import { useTexts } from '../i18n'
import { elapsed, stamp, took } from '../times'
import { Json } from './Json'
import { BAND, isBad, LANE } from './lanes'
import { nameOf, ownerName, sentenceOf } from './sentences'

interface Props {
  entry: TraceEntry
  since: number
  before: Owner
  isOpen: boolean
  isLit: boolean
  /** The one that the Tab key stops at. */
  isStop: boolean
  onPress: (entry: TraceEntry) => void
}

/** One event. Hundreds are on the page, so each is drawn again only when it itself changes. */
export const TraceRow = memo(function TraceRow(props: Props) {
  const { entry, since, isOpen, isLit, isStop, onPress } = props
  const { t, i18n } = useTexts()
  const lane = LANE[entry.lane]
  const said = sentenceOf(entry, t)
  const classes = [
    'ev',
    entry.owner && BAND[entry.owner.kind],
    isOpen && 'is-open',
    isLit && 'is-lit',
  ]
  const details = `evd-${entry.number}`
  return (
    <>
      <div className={classes.filter(Boolean).join(' ')} id={`ev-${entry.number}`}>
        <time dateTime={entry.at} title={stamp(entry.at, i18n.language)}>
          {elapsed(since, i18n.language)}
        </time>
        <span className={lane.className}>
          <Icon name={lane.icon} />
          {t(`lane.${entry.lane}`)}
        </span>
        <div className="ev__said">
          <button
            className="ev__name mono"
            type="button"
            data-stop
            tabIndex={isStop ? 0 : -1}
            aria-expanded={isOpen}
            aria-controls={isOpen ? details : undefined}
            onClick={() => onPress(entry)}
          >
            <Title {...props} />
          </button>
          {said !== '' && <p className={isBad(entry) ? 'no' : undefined}>{said}</p>}
        </div>
        <span className="ms">{took(entry.took_ms, i18n.language)}</span>
      </div>
      {isOpen && (
        <div className="evd" id={details}>
          <Json value={entry.detail} label={t('trace.detail', { name: nameOf(entry) })} />
        </div>
      )}
    </>
  )
})

function Title({ entry, before }: Pick<Props, 'entry' | 'before'>) {
  const { t } = useTexts()
  if (entry.owner === null) return nameOf(entry)
  return t('trace.handed', { from: ownerName(before, t), to: ownerName(entry.owner, t) })
}
