import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/Icon'

export function PasswordField({ invalid = false }: { invalid?: boolean }) {
  const { t } = useTranslation()
  const id = useId()
  const [shown, setShown] = useState(false)
  return (
    <div className="field">
      <label htmlFor={id}>{t('signIn.password')}</label>
      <span className="pw">
        <input
          className="inp"
          id={id}
          name="password"
          type={shown ? 'text' : 'password'}
          autoComplete="current-password"
          aria-invalid={invalid || undefined}
          maxLength={1024}
        />
        <button
          className="btn btn--quiet btn--icon"
          type="button"
          aria-pressed={shown}
          aria-label={t('signIn.show')}
          onClick={() => setShown(!shown)}
        >
          <Icon name="eye" />
        </button>
      </span>
    </div>
  )
}
