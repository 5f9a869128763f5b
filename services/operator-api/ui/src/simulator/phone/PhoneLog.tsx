import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import { useStore } from '../../ui/store'
import { dayName, dayOf } from '../../ui/times'
import type { Entry } from '../api'
import { onArrows } from '../arrows'
import { useBench } from '../bench'
import { useTexts } from '../i18n'
import { traceQuery } from '../queries'
import { lights, lightsBubble, markOfEntry } from '../trace/trail'
import { useCustomer } from '../useCustomer'
import { Bubble, LeavingBubble } from './Bubble'
import { atOf, ticksOf } from './talk'
import { useTalk } from './useTalk'

/** Nobody scrolls further up on a phone that is only tried out. */
const SHOWN = 200

export function PhoneLog() {
  const { t, i18n } = useTexts()
  const bench = useBench()
  const { number } = useCustomer()
  const { entries, leaving, isPending } = useTalk()
  const { data: trail = [] } = useQuery(traceQuery(number))
  const mark = useStore(bench.mark)
  const ticks = ticksOf(trail)
  const shown = entries.slice(-SHOWN)
  const press = (entry: Entry) => {
    if (lightsBubble(mark, entry)) return bench.mark.set(null)
    const chosen = markOfEntry(entry, trail)
    bench.mark.set(chosen)
    const first = trail.find((event) => lights(chosen, event))
    if (first) document.getElementById(`ev-${first.number}`)?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <div
      className="ph__log"
      role="log"
      aria-label={t('phone.log')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      onKeyDown={(event) => {
        onArrows(event)
        if (event.key === 'Escape') bench.mark.set(null)
      }}
    >
      <div className="ph__in-log">
        {!isPending && entries.length + leaving.length === 0 && <Blank />}
        {shown.map((entry, at) => (
          <Fragment key={entry.sid}>
            {isNewDay(shown[at - 1], entry) && (
              <p className="sys">{dayName(atOf(entry), bench.now(), i18n.language)}</p>
            )}
            <Bubble
              entry={entry}
              tick={ticks.get(entry.sid) ?? 'taken'}
              isLit={lightsBubble(mark, entry)}
              isStop={at === shown.length - 1}
              onPress={() => press(entry)}
            />
          </Fragment>
        ))}
        {leaving.map((pending) => (
          <LeavingBubble key={pending.sid} pending={pending} onAgain={bench.sayAgain} />
        ))}
      </div>
    </div>
  )
}

/** The first day goes without saying. */
function isNewDay(before: Entry | undefined, entry: Entry): boolean {
  return before !== undefined && dayOf(atOf(before)) !== dayOf(atOf(entry))
}

const OPENERS = ['oi, vocês abrem domingo?', 'quero falar com um atendente'] as const

function Blank() {
  const { t } = useTexts()
  const bench = useBench()
  return (
    <div className="ph__blank">
      <p className="sys">{t('phone.blank')}</p>
      {OPENERS.map((text) => (
        <button
          key={text}
          className="ph__opener"
          type="button"
          lang="pt-BR"
          onClick={() => {
            // A failure shows at the message itself.
            bench.say(text).catch(() => undefined)
          }}
        >
          {text}
        </button>
      ))}
    </div>
  )
}
