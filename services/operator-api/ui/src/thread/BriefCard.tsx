import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Brief, Episode } from '../api'
import { reasonKey } from '../inbox/reasons'
import { Icon } from '../ui/Icon'

/** What a person should know before the first word. Nobody asks the customer to repeat. */
export function BriefCard({ episode }: { episode: Episode }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(true)
  const { brief } = episode
  return (
    <article
      className={episode.claimed_at === null ? 'brief brief--open' : 'brief'}
      id={`brief-${episode.id}`}
      data-brief={episode.id}
      tabIndex={-1}
      aria-label={t('brief.label')}
    >
      <div className="brief__bar" aria-hidden="true">
        <i />
        <i />
        <i />
      </div>
      <header className="brief__h">
        <h3>{t('brief.title')}</h3>
        <span className="chip chip--wait">{t(`reason.${reasonKey(episode.reason)}`)}</span>
        {brief?.mood && <span className="chip chip--danger">{brief.mood}</span>}
        <button
          className="btn btn--quiet btn--sm"
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {open ? t('brief.hide') : t('brief.show')}
        </button>
      </header>
      <p className="brief__sum">{brief ? brief.summary : t('brief.none')}</p>
      {open && brief && <BriefFacts brief={brief} />}
    </article>
  )
}

const MOST = 4

function BriefFacts({ brief }: { brief: Brief }) {
  const { t } = useTranslation()
  const { wants = [], tried = [], facts = [] } = brief
  if (wants.length + tried.length + facts.length === 0) return null
  return (
    <div className="brief__g">
      <div>
        <h4>{t('brief.wants')}</h4>
        <ul>
          {wants.slice(0, MOST).map((want) => (
            <li key={`${want.seq}-${want.text}`}>
              <Icon name="right" />
              <span>{want.text}</span>
            </li>
          ))}
        </ul>
        {facts.length > 0 && (
          <p className="brief__facts">
            {facts.map((fact) => (
              <span className="chip chip--line" key={`${fact.seq}-${fact.value}`}>
                {fact.value}
              </span>
            ))}
          </p>
        )}
      </div>
      <div>
        <h4>{t('brief.tried')}</h4>
        {tried.length === 0 && <p className="muted">{t('brief.nothing')}</p>}
        <ul>
          {tried.slice(-MOST).map((attempt) => (
            <li key={attempt.seq}>
              {attempt.helped ? (
                <Icon name="check" className="yes" label={t('brief.helped')} />
              ) : (
                <Icon name="x" className="no" label={t('brief.failed')} />
              )}
              <span>
                {attempt.question}
                {attempt.topics && attempt.topics.length > 0 && (
                  <small>{attempt.topics.join(' · ')}</small>
                )}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}
