import { useId, useState } from 'react'
import { Button } from '../../ui/Button'
import { Icon, type IconName } from '../../ui/Icon'
import { useBench } from '../bench'
import { useTexts } from '../i18n'
import { kindOf, SAMPLE_NAMES, type Sample, sampleMedia } from './talk'

const LONGEST = 1_600
const ICON: Record<Sample, IconName> = {
  'photo.jpg': 'photo',
  'voice.ogg': 'mic',
  'menu.pdf': 'book',
}

export function PhoneForm() {
  const { t } = useTexts()
  const bench = useBench()
  const id = useId()
  const [text, setText] = useState('')
  const [attaching, attach] = useState(false)
  const blank = text.trim() === ''
  const send = (sample: Sample | null) => {
    // A failure shows at the message itself, which can be sent again there.
    bench.say(text.trim(), sample).catch(() => undefined)
    setText('')
    attach(false)
  }
  return (
    <form
      className="ph__in"
      onSubmit={(event) => {
        event.preventDefault()
        send(null)
      }}
    >
      {attaching && <Samples id={`${id}-samples`} onChoose={send} />}
      <button
        className="ph__plus"
        type="button"
        aria-label={t('phone.attach')}
        aria-expanded={attaching}
        aria-controls={attaching ? `${id}-samples` : undefined}
        onClick={() => attach(!attaching)}
      >
        <Icon name={attaching ? 'x' : 'plus'} />
      </button>
      <label className="vh" htmlFor="telefone">
        {t('phone.message')}
      </label>
      <input
        id="telefone"
        autoComplete="off"
        placeholder={t('phone.placeholder')}
        maxLength={LONGEST}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && attach(false)}
      />
      <Button type="submit" aria-label={t('phone.send')} reason={blank ? t('phone.nothing') : null}>
        <Icon name="send" />
      </Button>
    </form>
  )
}

function Samples({ id, onChoose }: { id: string; onChoose: (sample: Sample) => void }) {
  const { t } = useTexts()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend that nobody sees.
    <div className="ph__samples" id={id} role="group" aria-label={t('phone.attach')}>
      {SAMPLE_NAMES.map((sample) => (
        <button key={sample} className="btn btn--sm" type="button" onClick={() => onChoose(sample)}>
          <Icon name={ICON[sample]} />
          {t(`media.${kindOf(sampleMedia(sample, (path) => path))}`)}
        </button>
      ))}
    </div>
  )
}
