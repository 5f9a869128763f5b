import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '../api'
import { SLUG, type View } from '../inbox/views'
import type { Holder } from '../ownership'
import { CustomerAvatar } from '../ui/Avatar'
import { Icon } from '../ui/Icon'
import { customerName, phone } from '../ui/people'
import { OwnerChip } from './OwnerChip'

interface Props {
  conversation: Conversation
  view: View
  children?: ReactNode
}

export function ThreadHeader({ conversation, view, children }: Props) {
  const { t } = useTranslation()
  const name = customerName(conversation)
  const number = phone(conversation.customer)
  return (
    <header className="thread__head">
      <Link
        className="btn btn--quiet btn--icon only-m"
        to="/conversas/{-$vista}/{-$id}"
        params={{ vista: SLUG[view], id: undefined }}
        aria-label={t('thread.back')}
      >
        <Icon name="left" />
      </Link>
      <CustomerAvatar id={conversation.id} name={name} className="no-m" />
      <div className="thread__who trunc">
        <h2>
          <span className="trunc">{name}</span>
        </h2>
        <p>
          <OwnerChip conversation={conversation} />
          {number !== name && <span className="trunc">{number}</span>}
        </p>
      </div>
      {children}
    </header>
  )
}

interface ActionsProps {
  holder: Holder
  onReturn: () => void
  onFinish: () => void
}

/** Actions that the state does not allow are hidden, not disabled. */
export function ThreadActions({ holder, onReturn, onFinish }: ActionsProps) {
  const { t } = useTranslation()
  if (holder !== 'waiting' && holder !== 'mine') return null
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of buttons, not a fieldset of a form.
    <div className="acts" role="group" aria-label={t('thread.actions')}>
      <button
        className="btn btn--bot x-kbd x-btn"
        type="button"
        aria-keyshortcuts="B"
        title={`${t('thread.return')} (B)`}
        onClick={onReturn}
      >
        <Icon name="return" />
        <span className="x-lbl-m">{t('thread.return')}</span> <kbd>B</kbd>
      </button>
      {holder === 'mine' && (
        <button
          className="btn btn--pri x-kbd x-btn"
          type="button"
          aria-keyshortcuts="E"
          title={`${t('thread.close')}${t('thread.closeRest')} (E)`}
          onClick={onFinish}
        >
          <Icon name="done" />
          <span className="x-lbl-m">
            {t('thread.close')}
            <span className="x-lbl">{t('thread.closeRest')}</span>
          </span>
          <kbd>E</kbd>
        </button>
      )}
    </div>
  )
}
