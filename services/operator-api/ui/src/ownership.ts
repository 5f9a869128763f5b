/** Who holds the baton, as the screen says it: a line style, a shape and a word, never only a colour. */

import type { Conversation, Owner } from './api'

export type Holder = 'bot' | 'waiting' | 'settling' | 'mine' | 'other' | 'closed'

interface Held {
  owner: Pick<Owner, 'kind' | 'operator_id'>
  closed: Conversation['closed']
}

export function holderOf(of: Held, me: string): Holder {
  const { owner } = of
  switch (owner.kind) {
    case 'bot':
      return of.closed ? 'closed' : 'bot'
    case 'waiting':
      return 'waiting'
    case 'claiming':
      return owner.operator_id === me ? 'settling' : 'other'
    case 'human':
      return owner.operator_id === me ? 'mine' : 'other'
  }
}

/** The left edge of a list row. */
export const ROW_LINE: Record<Holder, string> = {
  bot: 'row--bot',
  waiting: 'row--wait',
  settling: 'row--human',
  mine: 'row--human',
  other: 'row--other',
  closed: '',
}

/** The short line inside a chip; none where nobody holds it. */
export const CHIP_LINE: Record<Holder, string | null> = {
  bot: 'own own--bot',
  waiting: 'own own--wait',
  settling: 'own',
  mine: 'own',
  other: 'own own--none',
  closed: null,
}

export const CHIP: Record<Holder, string> = {
  bot: 'chip chip--bot',
  waiting: 'chip chip--wait',
  settling: 'chip chip--human',
  mine: 'chip chip--human',
  other: 'chip',
  closed: 'chip',
}
