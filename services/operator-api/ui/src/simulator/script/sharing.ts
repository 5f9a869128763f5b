/** A conversation as a script, inside a link: whoever opens it can play it. */

import type { Entry } from '../api'
import { isSample, sampleOf } from '../phone/talk'
import type { Script, Step } from './scripts'

const PREFIX = '#roteiro='
const MOST_STEPS = 60
const LONGEST = 1_600
const LONGEST_LINK = 60_000

/** What the customer said, and where somebody answered in between. */
export function recorded(entries: readonly Entry[], name: string): Script {
  const steps: Step[] = []
  for (const entry of entries) {
    const last = steps.at(-1)
    if (entry.direction !== 'inbound') {
      if (last && !('hear' in last)) steps.push({ hear: 'anyone' })
      continue
    }
    const [sample] = entry.media.map(sampleOf)
    steps.push(sample ? { say: entry.body, sample } : { say: entry.body })
  }
  return { name, steps: steps.slice(0, MOST_STEPS) }
}

export function linkOf(script: Script, page: string): string {
  const bytes = new TextEncoder().encode(JSON.stringify(script))
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  const url = new URL(page)
  url.hash = PREFIX + text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
  return url.href
}

/** The script in the address; none if there is none, or if it is not one of ours. */
export function scriptIn(hash: string): Script | null {
  if (!hash.startsWith(PREFIX) || hash.length > LONGEST_LINK) return null
  try {
    const text = hash.slice(PREFIX.length).replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
    return asScript(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    // Somebody else's link: nothing is played that we don't know whole.
    return null
  }
}

function asScript(found: unknown): Script | null {
  if (typeof found !== 'object' || found === null) return null
  const { name, steps } = found as Record<string, unknown>
  if (typeof name !== 'string' || name.length > 100 || !Array.isArray(steps)) return null
  if (steps.length === 0 || steps.length > MOST_STEPS) return null
  const known = steps.map(asStep)
  return known.every((step) => step !== null) ? { name, steps: known } : null
}

function asStep(found: unknown): Step | null {
  if (typeof found !== 'object' || found === null) return null
  const { say, sample, hear } = found as Record<string, unknown>
  if (hear === 'anyone' || hear === 'person') return { hear }
  if (typeof say !== 'string' || say.length > LONGEST) return null
  if (isSample(sample)) return { say, sample }
  return sample === undefined && say.trim() !== '' ? { say } : null
}
