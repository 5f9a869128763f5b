import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Brand } from '../ui/Brand'
import { Button } from '../ui/Button'
import { LanguageField } from '../ui/LanguageField'
import { PasswordField } from './PasswordField'
import { enter } from './queries'
import { Scene } from './Scene'
import { TroubleText } from './TroubleText'
import { type Trouble, troubleOf } from './trouble'

/** The simulator's page sends people here, too: what is no page of the console's is loaded. */
const OURS = /^\/($|conversas\b)/

class MissingError extends Error {}

export function SignInPage() {
  const { t } = useTranslation()
  const cache = useQueryClient()
  const navigate = useNavigate()
  const { para } = useSearch({ from: '/entrar' })
  const email = useId()
  const signing = useMutation({
    mutationFn: async (form: FormData) => {
      const credentials = {
        email: String(form.get('email')),
        password: String(form.get('password')),
      }
      if (!credentials.email || !credentials.password) throw new MissingError()
      return enter(cache, credentials)
    },
    onSuccess: () =>
      navigate({ to: para ?? '/', replace: true, reloadDocument: para?.match(OURS) === null }),
  })
  const trouble: Trouble | null = !signing.isError
    ? null
    : signing.error instanceof MissingError
      ? { kind: 'missing' }
      : troubleOf(signing.error)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!signing.isPending) signing.mutate(new FormData(event.currentTarget))
  }
  const wrong = trouble?.kind === 'wrong' || trouble?.kind === 'missing'
  return (
    <div className="login">
      <title>{`${t('signIn.page')} · ${t('app.name')}`}</title>
      <main className="login__f">
        <div className="login__top">
          <span className="login__brand">
            <Brand />
            {t('app.name')}
          </span>
          <span className="grow" />
          <LanguageField />
        </div>
        <form onSubmit={submit} noValidate>
          <h1>{t('signIn.title')}</h1>
          {trouble && <TroubleText key={signing.submittedAt} trouble={trouble} />}
          <div className="field">
            <label htmlFor={email}>{t('signIn.email')}</label>
            <input
              className="inp"
              id={email}
              name="email"
              type="email"
              autoComplete="username"
              inputMode="email"
              aria-invalid={wrong || undefined}
              maxLength={254}
            />
          </div>
          <PasswordField invalid={wrong} />
          <Button
            className="btn btn--pri btn--lg"
            type="submit"
            pending={signing.isPending ? t('signIn.entering') : null}
          >
            {t('signIn.enter')}
          </Button>
        </form>
      </main>
      <Scene />
    </div>
  )
}
