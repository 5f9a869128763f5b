import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { flushSync } from 'react-dom'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Icon } from '../../ui/Icon'
import { useBench } from '../bench'
import { useTexts } from '../i18n'
import { useTalk } from '../phone/useTalk'
import { phonesQuery, traceQuery, useSetting } from '../queries'
import { linkOf, recorded } from '../script/sharing'
import { conversationOf } from '../trace/trail'
import { useCustomer } from '../useCustomer'

export function Header() {
  const { t } = useTexts()
  const bench = useBench()
  const cache = useQueryClient()
  const renew = () => {
    // The new phone has to be there to be written on.
    flushSync(() => bench.renew())
    void cache.invalidateQueries({ queryKey: phonesQuery.queryKey })
    document.getElementById('telefone')?.focus()
  }
  return (
    <header className="page__head">
      <div>
        <h1>{t('head.title')}</h1>
        <p>{t('head.text')}</p>
      </div>
      <div className="acts">
        <span className="chip chip--ok">
          <Icon name="done" />
          {t('head.test')}
        </span>
        <button className="btn" type="button" onClick={renew}>
          <Icon name="refresh" />
          {t('head.renew')}
        </button>
        <CopyScript />
        <OpenConsole />
      </div>
    </header>
  )
}

/** The conversation as a script, in a link. */
function CopyScript() {
  const { t } = useTexts()
  const id = useId()
  const { name } = useCustomer()
  const { entries } = useTalk()
  const [copied, setCopied] = useState(false)
  const [link, show] = useState<string | null>(null)
  const nothing = !entries.some((entry) => entry.direction === 'inbound')
  const copy = async () => {
    const made = linkOf(recorded(entries, name), location.href)
    try {
      await navigator.clipboard.writeText(made)
      setCopied(true)
      setTimeout(() => setCopied(false), 3_000)
    } catch {
      // No clipboard here, or not allowed: by hand then.
      show(made)
    }
  }
  return (
    <>
      <Button
        className="btn"
        type="button"
        reason={nothing ? t('head.copyNothing') : null}
        onClick={() => void copy()}
      >
        <Icon name={copied ? 'check' : 'link'} />
        <span aria-live="polite">{copied ? t('head.copied') : t('head.copy')}</span>
      </Button>
      {link !== null && (
        <Dialog title={t('head.copy')} onClose={() => show(null)}>
          <div className="field">
            <label htmlFor={`${id}-link`}>{t('head.copyByHand')}</label>
            <input
              className="inp"
              id={`${id}-link`}
              readOnly
              value={link}
              onFocus={(event) => event.target.select()}
            />
          </div>
          <footer>
            <button className="btn" type="button" onClick={() => show(null)}>
              {t('dialog.shut')}
            </button>
          </footer>
        </Dialog>
      )}
    </>
  )
}

/** The same conversation from the other side. */
function OpenConsole() {
  const { t } = useTexts()
  const { number } = useCustomer()
  const { console: desk } = useSetting()
  const { data: trail = [] } = useQuery(traceQuery(number))
  const words = (
    <>
      <Icon name="external" />
      {t('head.console')}
    </>
  )
  if (desk === null) {
    return (
      <Button className="btn" type="button" reason={t('head.noConsole')}>
        {words}
      </Button>
    )
  }
  const conversation = conversationOf(trail)
  const base = desk.replace(/\/$/, '')
  const page = conversation ? `/conversas/todas/${conversation}` : '/conversas/todas'
  return (
    <a className="btn btn--pri" href={base + page} target="_blank" rel="noopener">
      {words}
      <span className="vh">{t('head.newTab')}</span>
    </a>
  )
}
