import { Icon, type IconName } from '../../ui/Icon'
import { addressOf, type Media } from '../api'
import { useTexts } from '../i18n'
import { kindOf, type MediaKind, sampleOf } from './talk'

const ICON: Record<MediaKind, IconName> = { photo: 'photo', audio: 'mic', file: 'book' }

/** Our own sample photo is shown; any other file only by what it is: it may lie anywhere. */
export function MediaView({ media }: { media: Media }) {
  const { t } = useTexts()
  const kind = kindOf(media)
  const sample = sampleOf(media)
  if (kind === 'photo' && sample !== null) {
    return (
      <img
        className="ph__photo"
        src={addressOf(`samples/${sample}`)}
        alt={t('media.photo')}
        width={240}
        height={160}
      />
    )
  }
  return (
    <span className="ph__media">
      <Icon name={ICON[kind]} />
      {kind === 'audio' && <span className="ph__wave" aria-hidden="true" />}
      <span>{t(`media.${kind}`)}</span>
    </span>
  )
}
