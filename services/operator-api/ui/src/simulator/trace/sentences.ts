/** Each event as a plain sentence. One that is not known here is shown by its name alone. */

import type { TFunction } from 'i18next'
import type { Detail, Owner, TraceEntry } from '../api'
import { kindOf } from '../phone/talk'

type T = TFunction<'simulator'>
type Sentence = (detail: Detail, t: T) => string

const word = (detail: Detail, key: string): string => {
  const found = detail[key]
  return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
}

function text(detail: Detail, t: T): string {
  const said = word(detail, 'text')
  const media = Array.isArray(detail.media) ? detail.media : []
  const kinds = media.map((one: { content_type?: unknown }) =>
    t(`media.${kindOf({ content_type: String(one.content_type ?? '') })}`),
  )
  return [...kinds, said].filter((part) => part !== '').join(' · ')
}

const status = (detail: Detail, t: T): string => {
  const code = word(detail, 'code')
  const known = word(detail, 'status')
  const name = t(`status.${known as 'sent'}`, { defaultValue: known })
  return code === '' ? name : t('said.withCode', { text: name, code })
}

const reason = (detail: Detail, t: T): string => {
  const known = word(detail, 'reason')
  return t(`reason.${known as 'other'}`, { defaultValue: known })
}

const SENTENCES: ReadonlyMap<string, Sentence> = new Map<string, Sentence>(
  Object.entries({
    'phone.wrote': text,
    'webhook.sent': (_, t) => t('said.webhookSent'),
    'webhook.answered': (detail, t) =>
      t('said.webhookAnswered', {
        status: word(detail, 'status'),
        attempts: word(detail, 'attempts'),
      }),
    'webhook.failed': (detail, t) =>
      t('said.webhookFailed', { attempts: word(detail, 'attempts') }),
    'webhook.dropped': (_, t) => t('said.webhookDropped'),
    'create.accepted': (_, t) => t('said.createAccepted'),
    'create.refused': (detail, t) => t('said.createRefused', { code: word(detail, 'code') }),
    'create.failed': (_, t) => t('said.createFailed'),
    'create.cut': (detail, t) =>
      detail.accepted === false ? t('said.createCutBefore') : t('said.createCut'),
    'status.changed': status,
    'callback.answered': (detail, t) => t('said.callbackAnswered', { status: status(detail, t) }),
    'callback.failed': (detail, t) => t('said.callbackFailed', { status: status(detail, t) }),
    'callback.dropped': (detail, t) => t('said.callbackDropped', { status: status(detail, t) }),
    'trace.missed': (detail, t) => t('said.traceMissed', { events: word(detail, 'count') }),
    'clock.moved': (detail, t) =>
      t('said.clockMoved', {
        hours: Math.round(Number(word(detail, 'forward_seconds')) / 360) / 10,
      }),
    'customer.wrote.v1': (_, t) => t('said.customerWrote'),
    'bot.requested.v1': (_, t) => t('said.botRequested'),
    'bot.replied.v1': text,
    'bot.escalated.v1': (detail, t) => t('said.botEscalated', { reason: reason(detail, t) }),
    'bot.failed.v1': (detail, t) => t('said.botFailed', { reason: word(detail, 'reason') }),
    'handoff.opened.v1': (detail, t) => t('said.handoffOpened', { reason: reason(detail, t) }),
    'handoff.briefed.v1': (detail, t) => summary(detail) || t('said.handoffBriefed'),
    'message.released.v1': text,
    'message.accepted.v1': (_, t) => t('said.messageAccepted'),
    'message.refused.v1': (detail, t) => t('said.messageRefused', { code: word(detail, 'code') }),
    'message.doubtful.v1': (_, t) => t('said.messageDoubtful'),
    'message.superseded.v1': (_, t) => t('said.messageSuperseded'),
    'delivery.reported.v1': status,
    'conversation.changed.v1': (detail, t) =>
      t('said.conversationChanged', { version: word(detail, 'version') }),
    'timer.fired.v1': (detail, t) =>
      t(`timer.${word(detail, 'kind') as 'pause'}`, { defaultValue: word(detail, 'kind') }),
    'command.claim.v1': (_, t) => t('said.commandClaim'),
    'command.reply.v1': text,
    'command.return_to_bot.v1': (detail, t) => word(detail, 'note') || t('said.commandReturn'),
    'command.close.v1': (_, t) => t('said.commandClose'),
    'command.decide_doubt.v1': (detail, t) =>
      detail.resend === true ? t('said.commandResend') : t('said.commandLeave'),
    'command.answered.v1': (detail, t) =>
      detail.accepted === true
        ? t('said.commandAccepted')
        : t('said.commandRefused', { reason: word(detail, 'reason') }),
  }),
)

function summary(detail: Detail): string {
  const brief = detail.brief
  return typeof brief === 'object' && brief !== null ? word(brief as Detail, 'summary') : ''
}

/** Empty for an event without a sentence. */
export function sentenceOf(entry: TraceEntry, t: T): string {
  if (entry.owner) return t(`handed.${entry.owner.kind}`)
  return SENTENCES.get(entry.name)?.(entry.detail, t) ?? ''
}

export const SPOKEN = [...SENTENCES.keys()]

/** Without the version: two versions of one event say the same. */
export function nameOf(entry: TraceEntry): string {
  return entry.name.replace(/\.v\d+$/, '')
}

export function ownerName(owner: Owner, t: T): string {
  return owner.name || t(`owner.${owner.kind}`)
}
