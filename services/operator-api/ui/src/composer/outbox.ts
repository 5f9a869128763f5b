/** Replies on their way: on the screen at once, kept in this browser until the router has them. */

import { type Decision, GoneError, type Refusal } from '../commands/execute'
import type { Shelf } from './drafts'

export type Leaving =
  /** Behind another one, a claim, or no network. */
  | 'queued'
  | 'sending'
  /** The router has it; the thread will show it. */
  | 'sent'
  /** Refused, and sending it again can help. */
  | 'failed'
  /** It waited: is it still meant? */
  | 'stale'

export interface Reply {
  /** The `Idempotency-Key`: the same at every repetition. */
  key: string
  conversation: string
  text: string
  at: number
  state: Leaving
  reason: Refusal | 'problem' | Doubt | null
  message: string | null
  seen: Seen
}

/** What its author saw when they sent it. */
export interface Seen {
  /** None while it was not theirs yet. */
  epoch: number | null
  inbound: string | null
}

/** Why a reply may no longer be meant. */
export type Doubt = 'old' | 'changedHands' | 'newInbound'

/** It waited, and meanwhile it may have lost its sense: its author is asked. */
export class DoubtError extends Error {
  override readonly name = 'DoubtError'

  constructor(readonly doubt: Doubt) {
    super(doubt)
  }
}

/** Say whether a reply may have lost its sense; `now` is what the conversation is like. */
export function doubtOf(reply: Reply, now: Seen, at: number): Doubt | null {
  const age = at - reply.at
  if (age < FRESH_MS) return null
  if (age > STALE_MS) return 'old'
  if (reply.seen.epoch !== null && reply.seen.epoch !== now.epoch) return 'changedHands'
  return reply.seen.inbound === now.inbound ? null : 'newInbound'
}

export interface Sender {
  /** What the author sees of a conversation now. */
  seen: (conversation: string) => Seen
  /** Throws `DoubtError`, `GoneError`, and what no repetition cures. */
  send: (reply: Reply) => Promise<Decision>
  /** The refused text is the author's again. */
  giveBack: (reply: Reply, reason: Refusal) => void
  /** The router has it. */
  sent: (reply: Reply) => void
  failed: (reply: Reply) => void
}

/** It waits for its author: it failed, or is no longer sure to be meant. */
export function needsWord({ state }: Reply): boolean {
  return state === 'failed' || state === 'stale'
}

const STALE_MS = 15 * 60_000
/** What waited no longer than this is what was just typed. */
export const FRESH_MS = 30_000
/** Sending the same again can help; every other refusal gives the text back as a draft. */
const REPEATABLE: readonly Refusal[] = ['expired']

export class Outbox {
  readonly #prefix: string
  readonly #listeners = new Set<() => void>()
  readonly #running = new Set<string>()
  #replies: readonly Reply[]

  constructor(
    person: string,
    private readonly shelf: Shelf,
    private readonly sender: Sender,
    private readonly now: () => number = Date.now,
  ) {
    this.#prefix = `outbox:${person}:`
    this.#replies = this.#restored()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly get = (): readonly Reply[] => this.#replies

  /** Something is not safe on the server yet. */
  get isBusy(): boolean {
    return this.#replies.some((reply) => reply.state === 'queued' || reply.state === 'sending')
  }

  add(conversation: string, text: string): void {
    const reply: Reply = {
      key: crypto.randomUUID(),
      conversation,
      text,
      at: this.now(),
      state: 'queued',
      reason: null,
      message: null,
      seen: this.sender.seen(conversation),
    }
    this.#keep([...this.#replies, reply])
    void this.#run(conversation)
  }

  /** Send a failed one again: a new click, so a new key. */
  again(key: string): void {
    const reply = this.#find(key)
    if (!reply) return
    const fresh = { ...reply, key: crypto.randomUUID(), ...this.#anew(reply) }
    this.#keep(this.#replies.map((other) => (other.key === key ? fresh : other)))
    void this.#run(reply.conversation)
  }

  /** Yes, it is still meant: the same click as before. */
  confirm(key: string): void {
    const reply = this.#find(key)
    if (!reply) return
    this.#change(key, this.#anew(reply))
    void this.#run(reply.conversation)
  }

  remove(key: string): void {
    this.#keep(this.#replies.filter((reply) => reply.key !== key))
  }

  /** The thread shows these messages now: their stand-ins go. */
  shown(messages: ReadonlySet<string>): void {
    const left = this.#replies.filter((reply) => !reply.message || !messages.has(reply.message))
    if (left.length !== this.#replies.length) this.#keep(left)
  }

  /** Go on with what an earlier page left. */
  resume(): void {
    for (const conversation of new Set(this.#replies.map((reply) => reply.conversation))) {
      void this.#run(conversation)
    }
  }

  #anew({ conversation }: Reply): Pick<Reply, 'state' | 'reason' | 'at' | 'seen'> {
    return { state: 'queued', reason: null, at: this.now(), seen: this.sender.seen(conversation) }
  }

  async #run(conversation: string): Promise<void> {
    if (this.#running.has(conversation)) return
    this.#running.add(conversation)
    try {
      for (let next = this.#next(conversation); next; next = this.#next(conversation)) {
        this.#change(next.key, { state: 'sending' })
        await this.#send(next)
      }
    } finally {
      this.#running.delete(conversation)
    }
  }

  async #send(reply: Reply): Promise<void> {
    let decision: Decision
    try {
      decision = await this.sender.send(reply)
    } catch (error) {
      // Kept under its author's name, as after a reload: it goes on when they come back.
      if (error instanceof GoneError) return
      if (error instanceof DoubtError) {
        this.#change(reply.key, { state: 'stale', reason: error.doubt })
      } else this.#fail(reply, 'problem')
      return
    }
    if (decision.status === 'accepted') {
      this.#change(reply.key, { state: 'sent', message: decision.message })
      this.sender.sent(reply)
      return
    }
    if (REPEATABLE.includes(decision.reason)) {
      this.#fail(reply, decision.reason)
      return
    }
    this.remove(reply.key)
    this.sender.giveBack(reply, decision.reason)
  }

  #fail(reply: Reply, reason: Refusal | 'problem'): void {
    this.#change(reply.key, { state: 'failed', reason })
    this.sender.failed(reply)
  }

  #next(conversation: string): Reply | undefined {
    const own = this.#replies.filter((reply) => reply.conversation === conversation)
    // What failed or waits for a word holds back what was written after it: the order never changes.
    const first = own.find((reply) => reply.state !== 'sent')
    return first?.state === 'queued' ? first : undefined
  }

  #restored(): Reply[] {
    const found: Reply[] = []
    for (let at = 0; at < this.shelf.length; at += 1) {
      const key = this.shelf.key(at)
      const reply = key?.startsWith(this.#prefix) ? parsed(this.shelf.getItem(key)) : null
      if (!reply) continue
      // What waits for a word goes on waiting; what was on its way goes again, or asks.
      found.push({ ...reply, state: needsWord(reply) ? reply.state : 'queued' })
    }
    return found.sort((a, b) => a.at - b.at)
  }

  #find(key: string): Reply | undefined {
    return this.#replies.find((reply) => reply.key === key)
  }

  #change(key: string, facts: Partial<Reply>): void {
    this.#keep(this.#replies.map((reply) => (reply.key === key ? { ...reply, ...facts } : reply)))
  }

  #keep(replies: readonly Reply[]): void {
    const before = new Map(this.#replies.map((reply) => [reply.key, reply]))
    this.#replies = replies
    for (const reply of replies) {
      if (before.get(reply.key) !== reply) this.#store(reply)
      before.delete(reply.key)
    }
    for (const key of before.keys()) this.shelf.removeItem(this.#prefix + key)
    for (const listener of this.#listeners) listener()
  }

  /** Each under its own name, so that tabs do not overwrite one another. */
  #store(reply: Reply): void {
    try {
      if (reply.state === 'sent') this.shelf.removeItem(this.#prefix + reply.key)
      else this.shelf.setItem(this.#prefix + reply.key, JSON.stringify(reply))
    } catch {
      // As with drafts: this tab still sends it.
    }
  }
}

function parsed(text: string | null): Reply | null {
  try {
    const kept: unknown = JSON.parse(text ?? 'null')
    const whole =
      typeof kept === 'object' && kept !== null && 'key' in kept && 'conversation' in kept
    return whole ? (kept as Reply) : null
  } catch {
    return null
  }
}
