/** Holds the build to what a slow phone can bear: gzipped bytes, as they go over the wire. */

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const BUILT = join(import.meta.dirname, '../src/handoff_operator_api/console')
const ASSETS = join(BUILT, 'assets')

const names = readdirSync(ASSETS)
const weight = (name: string): number => gzipSync(readFileSync(join(ASSETS, name))).length
const sum = (found: readonly string[]): number =>
  found.reduce((total, name) => total + weight(name), 0)

/** What the page itself asks for, before anything is pressed. */
const page = readFileSync(join(BUILT, 'index.html'), 'utf8')
const first = [...page.matchAll(/(?:src|href)="[^"]*\/assets\/([^"]+\.js)"/g)].map(([, name]) =>
  basename(name ?? ''),
)

const limits = [
  { what: 'JavaScript of the first route', bytes: sum(first), most: 170_000 },
  {
    what: 'JavaScript in all',
    bytes: sum(names.filter((name) => name.endsWith('.js'))),
    most: 250_000,
  },
  { what: 'Styles', bytes: sum(names.filter((name) => name.endsWith('.css'))), most: 20_000 },
]

for (const { what, bytes, most } of limits) {
  const verdict = bytes > most ? 'TOO MUCH' : 'fine'
  process.stdout.write(
    `${what}: ${(bytes / 1000).toFixed(1)} of ${most / 1000} kB gz, ${verdict}\n`,
  )
}
if (limits.some(({ bytes, most }) => bytes > most)) process.exitCode = 1
