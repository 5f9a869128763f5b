import { describe, expect, it } from 'vitest'
import api from '../../openapi.json'
import en from '../i18n/en.json'
import es from '../i18n/es.json'
import source from '../i18n/pt-BR.json'
import { reasonKey } from './reasons'

/** Those that the API names; it may give others. */
function named({ anyOf }: { anyOf: { enum?: string[] }[] }): string[] {
  return anyOf.flatMap((one) => one.enum ?? [])
}

const { Conversation, Episode } = api.components.schemas
const reasons = named(Conversation.properties.handoff_reason)

describe('a reason of a handoff', () => {
  it('is the same in a list and in a thread', () => {
    expect(reasons).toContain('customer_request')
    expect(named(Episode.properties.reason)).toEqual(reasons)
  })

  it.each([
    ['pt-BR', source],
    ['en', en],
    ['es', es],
  ])('has words in %s, and there are no others', (_, { reason }) => {
    expect(Object.keys(reason).sort()).toEqual([...reasons, 'other'].sort())
  })

  it('that nobody knows yet is still a handoff', () => {
    expect(reasons.map(reasonKey)).toEqual(reasons)
    expect(reasonKey('full_moon')).toBe('other')
    expect(reasonKey('toString')).toBe('other')
  })
})
