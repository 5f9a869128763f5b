import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk'
import { AccountMenu } from '../later'
import { PersonAvatar } from '../ui/Avatar'
import { firstName } from '../ui/people'

/** The operator at the foot of the rail; the menu comes with the first press. */
export function Account({ onShortcuts }: { onShortcuts: () => void }) {
  const { name } = useDesk().operator
  const [asked, ask] = useState(false)
  const closed = (
    <button className="rail__me" type="button" aria-haspopup="menu" onClick={() => ask(true)}>
      <Me name={name} />
    </button>
  )
  if (!asked) return closed
  return (
    <Suspense fallback={closed}>
      <AccountMenu onShortcuts={onShortcuts} />
    </Suspense>
  )
}

export function Me({ name }: { name: string }) {
  const { t } = useTranslation()
  return (
    <>
      <PersonAvatar name={name} />
      <span>
        <span className="vh">{t('account.menu', { name })}: </span>
        {firstName(name)}
      </span>
    </>
  )
}
