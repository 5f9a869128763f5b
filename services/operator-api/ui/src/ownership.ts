/** Who holds the baton, as the screen says it: a line style, a shape and a word, never only a colour. */

import type { Owner } from './api'

export type Holder = 'bot' | 'waiting' | 'settling' | 'mine' | 'other'

export function holderOf(owner: Owner, me: string): Holder {
  switch (owner.kind) {
    case 'bot':
      return 'bot'
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
}

/** The short line inside a chip. */
export const CHIP_LINE: Record<Holder, string> = {
  bot: 'own own--bot',
  waiting: 'own own--wait',
  settling: 'own',
  mine: 'own',
  other: 'own own--none',
}

export const CHIP: Record<Holder, string> = {
  bot: 'chip chip--bot',
  waiting: 'chip chip--wait',
  settling: 'chip chip--human',
  mine: 'chip chip--human',
  other: 'chip',
}
