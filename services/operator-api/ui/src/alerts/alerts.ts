/** Sounds and notifications: of all tabs of this browser one tells each alert, once. */

import type { Conversation } from '../api'
import type { Shelf } from '../composer/drafts'
import { Store } from '../ui/store'
import { Bursts, SINGLY } from './bursts'
import { Preferences } from './preferences'
import { type Sound, Sounds } from './sounds'
import { saidOf } from './texts'
import { type Alert, type AlertKind, Watch } from './watching'

export const SOUND_OF: Record<AlertKind, Sound> = {
  queue: 'knock',
  message: 'tick',
  failed: 'low',
  closing: 'knock',
}

/** A notification of the system. */
export interface Told {
  title: string
  body: string
  /** One of the same tag takes its place. */
  tag: string
  conversation: string
}

/** What this tab can do about an alert. */
export interface Stage {
  /** Somebody looks at this tab, or could. */
  isVisible: () => boolean
  isFocused: () => boolean
  /** The conversation on the screen. */
  shown: () => string | null
  /** Run unless another tab does, or has a moment ago. */
  once: (key: string, run: () => void) => Promise<void>
  notify: (told: Told) => void
  /** Take back what still shows. */
  withdraw: () => void
  now: () => number
}

const YIELD_MS = { visible: 150, hidden: 400, silent: 600 }

export class Alerts {
  readonly sounds: Sounds
  readonly preferences: Preferences
  /** Somebody has claimed: now the question about notifications makes sense. */
  readonly isInContext = new Store(false)
  readonly #watch: Watch
  readonly #bursts = new Bursts()

  constructor(
    me: string,
    shelf: Pick<Shelf, 'getItem' | 'setItem'>,
    private readonly stage: Stage,
    sounds: Sounds = new Sounds(),
  ) {
    this.#watch = new Watch(me)
    this.preferences = new Preferences(me, shelf)
    this.sounds = sounds
  }

  readonly learn = (rows: readonly Conversation[]): void =>
    this.#watch.learn(rows, this.stage.now())

  readonly follows = (conversation: string): boolean => this.#watch.follows(conversation)

  readonly tell = (rows: readonly Conversation[]): void => {
    for (const alert of this.#watch.tell(rows, this.stage.now())) void this.#raise(alert)
  }

  /** Call it every few seconds: waiting is news too. */
  readonly tick = (): void => {
    for (const alert of this.#watch.due(this.stage.now())) void this.#raise(alert)
  }

  /** One's own message did not go out, whether or not anybody looks. */
  readonly failed = (): void => this.#play('low')

  readonly withdraw = (): void => this.stage.withdraw()

  /** Let somebody hear how it sounds. */
  readonly try = async (sound: Sound): Promise<void> => {
    await this.sounds.unlock()
    this.sounds.play(sound, this.preferences.get().volume)
  }

  async #raise(alert: Alert): Promise<void> {
    // Whoever is looked at is quicker: it decides whether anything must be heard at all.
    const { isFocused, isVisible } = this.stage
    const rank = isFocused() ? 0 : isVisible() ? YIELD_MS.visible : YIELD_MS.hidden
    const mute = this.sounds.ready.get() ? 0 : YIELD_MS.silent
    const pause = isFocused() ? 0 : rank + mute
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
    await this.stage.once(alert.key, () => this.#say(alert))
  }

  #say(alert: Alert): void {
    const { kind, row } = alert
    if (kind === 'message' && this.stage.isFocused() && this.stage.shown() === row.id) return
    const count = this.#bursts.add(kind, this.stage.now())
    if (count <= SINGLY) this.#play(SOUND_OF[kind])
    const { notify, content } = this.preferences.get()
    if (!notify || this.stage.isVisible()) return
    const many = count > SINGLY
    const said = saidOf(alert, { count: many ? count : 1, content })
    this.stage.notify({ ...said, tag: many ? kind : alert.key, conversation: row.id })
  }

  #play(sound: Sound): void {
    const { sound: on, volume } = this.preferences.get()
    if (on) this.sounds.play(sound, volume)
  }
}
