import { type KeyboardEvent, useId, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { Thread } from '../api'
import { useDesk } from '../desk'
import { IS_CURRENT } from '../feed/feed'
import { Button } from '../ui/Button'
import { Icon } from '../ui/Icon'
import { customerName, firstName } from '../ui/people'
import { useStore } from '../ui/store'
import { MESSAGE_LIMIT, partsOf, type Standing, TEXT_LIMIT } from './standing'
import { WindowRing } from './WindowRing'

interface Props {
  thread: Thread
  standing: Extract<Standing, 'write' | 'claiming' | 'settling'>
  /** The operator has just claimed: what they want now is to write. */
  autoFocus: boolean
  onSendAndFinish: () => void
}

const COUNT_FROM = 0.8

export function Composer({ thread, standing, autoFocus, onSendAndFinish }: Props) {
  const { t } = useTranslation()
  const { drafts, outbox, operator } = useDesk()
  const id = useId()
  const text = useSyncExternalStore(drafts.subscribe, () => drafts.text(thread.id))
  const name = firstName(customerName(thread))
  const blank = text.trim() === ''
  const tooLong = text.trim().length > TEXT_LIMIT
  const reason = blank
    ? t('composer.blank')
    : tooLong
      ? t('composer.tooLong', { limit: TEXT_LIMIT })
      : null

  const send = (): boolean => {
    if (reason !== null) return false
    outbox.add(thread.id, text.trim())
    drafts.write(thread.id, '')
    drafts.save()
    return true
  }
  const pressed = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Escape') event.currentTarget.blur()
    // Enter that ends the composition of a character is not meant for us.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    if (send() && (event.ctrlKey || event.metaKey)) onSendAndFinish()
  }
  return (
    <form
      className="comp"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div className="comp__top">
        <Notice standing={standing} />
        <WindowRing thread={thread} />
      </div>
      <div className="box">
        <label className="vh" htmlFor={id}>
          {t('composer.label', { name })}
        </label>
        <textarea
          id={id}
          rows={1}
          placeholder={t('composer.placeholder', { name })}
          value={text}
          aria-keyshortcuts="R"
          title={`${t('keys.reply')} (R)`}
          aria-describedby={`${id}-count`}
          // biome-ignore lint/a11y/noAutofocus: the answer to the operator's own press on "claim".
          autoFocus={autoFocus}
          onChange={(event) => drafts.write(thread.id, event.target.value)}
          onBlur={() => drafts.save()}
          onKeyDown={pressed}
        />
        <div className="box__bar">
          <Count id={`${id}-count`} text={text} />
          <span className="sp">
            <span className="no-m">{t('composer.as', { name: firstName(operator.name) })}</span>
            <Button className="btn btn--pri" type="submit" reason={reason}>
              <Icon name="send" />
              {t('composer.send')}
            </Button>
          </span>
        </div>
      </div>
    </form>
  )
}

/** Why what is sent now goes a moment later. */
function Notice({ standing }: Pick<Props, 'standing'>) {
  const { t } = useTranslation()
  const { phase } = useStore(useDesk().feed.connection)
  const isGone = phase === 'offline' || phase === 'reconnecting'
  const notices: Record<Props['standing'], string | null> = {
    write: IS_CURRENT[phase] ? null : t(isGone ? 'composer.offline' : 'composer.notCurrent'),
    claiming: t('composer.claiming'),
    settling: t('composer.settling'),
  }
  const said = notices[standing]
  return (
    <span className="comp__notice" role="status">
      {said !== null && (
        <>
          <Icon name={standing === 'settling' ? 'bot' : 'clock'} className="m" />
          {said}
        </>
      )}
    </span>
  )
}

function Count({ id, text }: { id: string; text: string }) {
  const { t } = useTranslation()
  const used = text.trim().length
  const parts = partsOf(text)
  const words =
    used > TEXT_LIMIT
      ? t('composer.tooLong', { limit: TEXT_LIMIT })
      : parts > 1
        ? t('composer.split', { parts })
        : used > MESSAGE_LIMIT * COUNT_FROM
          ? t('composer.count', { used, limit: MESSAGE_LIMIT })
          : ''
  return (
    <span className={used > TEXT_LIMIT ? 'comp__count no' : 'comp__count'} id={id}>
      {words}
    </span>
  )
}
