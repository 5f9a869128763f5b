import type { IconName } from '../../ui/Icon'
import type { LaneName, Owner, TraceEntry } from '../api'

interface Lane {
  icon: IconName
  className: string
}

export const LANE: Record<LaneName, Lane> = {
  customer: { icon: 'phone', className: 'lane lane--sys' },
  ingress: { icon: 'shield', className: 'lane lane--sys' },
  router: { icon: 'sliders', className: 'lane lane--sys' },
  bot: { icon: 'bot', className: 'lane lane--bot' },
  handoff: { icon: 'baton', className: 'lane lane--q' },
  person: { icon: 'user', className: 'lane lane--op' },
  outbound: { icon: 'send', className: 'lane lane--sys' },
  receipt: { icon: 'checks', className: 'lane lane--sys' },
}

const BAD_NAMES: ReadonlySet<string> = new Set([
  'webhook.failed',
  'webhook.dropped',
  'create.refused',
  'create.failed',
  'create.cut',
  'callback.failed',
  'callback.dropped',
  'bot.failed.v1',
  'message.refused.v1',
  'message.doubtful.v1',
  'message.superseded.v1',
])
const BAD_STATUS: ReadonlySet<unknown> = new Set(['failed', 'undelivered'])

/** Something went otherwise than it should, caused or not. */
export function isBad(entry: TraceEntry): boolean {
  return BAD_NAMES.has(entry.name) || BAD_STATUS.has(entry.detail.status)
}

/** The band of a change of hands. */
export const BAND: Record<Owner['kind'], string> = {
  bot: 'is-mark is-mark--bot',
  queue: 'is-mark',
  claiming: 'is-mark is-mark--op',
  person: 'is-mark is-mark--op',
}
