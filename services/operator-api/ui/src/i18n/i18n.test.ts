import { describe, expect, it } from 'vitest'
import simulatorEn from '../simulator/i18n/en.json'
import simulatorEs from '../simulator/i18n/es.json'
import simulatorSource from '../simulator/i18n/pt-BR.json'
import en from './en.json'
import es from './es.json'
import source from './pt-BR.json'

const PLURAL = /_(zero|one|two|few|many|other)$/

type Texts = Map<string, string>

function texts(tree: object, prefix = ''): Texts {
  return new Map(
    Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'string'
        ? ([[prefix + key, value]] as [string, string][])
        : [...texts(value as object, `${prefix}${key}.`)],
    ),
  )
}

const bare = (all: Texts) => new Set([...all.keys()].map((key) => key.replace(PLURAL, '')))
const gaps = (text: string) => new Set(text.match(/\{\{\w+\}\}|<\w+>/g))

describe.each([
  ['en', 'the console', source, en],
  ['es', 'the console', source, es],
  ['en', 'the simulator', simulatorSource, simulatorEn],
  ['es', 'the simulator', simulatorSource, simulatorEs],
])('%s of %s', (locale, _, from, tree) => {
  const [ours, theirs] = [texts(from), texts(tree)]

  it('says everything that the source says, and nothing else', () => {
    expect(bare(theirs)).toEqual(bare(ours))
  })

  it('has every plural of its language', () => {
    const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories
    const counted = [...ours.keys()].filter((key) => key.endsWith('_other'))
    for (const key of counted) {
      for (const form of forms)
        expect([...theirs.keys()]).toContain(key.replace('_other', `_${form}`))
    }
  })

  it('fills the same gaps', () => {
    for (const [key, text] of theirs) {
      const same = ours.get(key) ?? ours.get(key.replace(PLURAL, '_other')) ?? ''
      expect([key, gaps(text)]).toEqual([key, gaps(same)])
    }
  })
})
