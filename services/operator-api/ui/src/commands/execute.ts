/** One click is one command: repeated with its key until it is decided. */

import { call, isSignedOut, isTransient, type Owner, ProblemError } from '../api'
import {
  type ClaimData,
  type CloseData,
  type CommandAccepted,
  type CommandPending,
  claim,
  close,
  type DecideData,
  decide,
  type Outcome as KeptOutcome,
  type Problem,
  type ReplyData,
  type ReturnToBotData,
  readCommand,
  reply,
  returnToBot,
} from '../client'

export type Refusal = NonNullable<Problem['reason']>

export type Command =
  | { kind: 'claim'; body: ClaimData['body'] }
  | { kind: 'reply'; body: ReplyData['body'] }
  | { kind: 'return'; body: ReturnToBotData['body'] }
  | { kind: 'close'; body: CloseData['body'] }
  | { kind: 'decide'; message: string; body: DecideData['body'] }

export type Decision =
  | {
      status: 'accepted'
      owner: Owner | null
      epoch: number
      version: number
      message: string | null
    }
  | { status: 'refused'; reason: Refusal; owner: Owner | null; epoch: number }

export type Post = (
  conversation: string,
  command: Command,
  key: string,
) => Promise<CommandAccepted | CommandPending>

/** Gives null while nobody has decided. */
export type Ask = (command: string) => Promise<KeptOutcome | null>

export const post: Post = (conversation, command, key) => {
  const headers = { 'Idempotency-Key': key }
  const path = { conversation_id: conversation }
  switch (command.kind) {
    case 'claim':
      return call(claim({ path, headers, body: command.body }))
    case 'reply':
      return call(reply({ path, headers, body: command.body }))
    case 'return':
      return call(returnToBot({ path, headers, body: command.body }))
    case 'close':
      return call(close({ path, headers, body: command.body }))
    case 'decide': {
      const about = { ...path, message_id: command.message }
      return call(decide({ path: about, headers, body: command.body }))
    }
  }
}

export const ask: Ask = async (command) => {
  try {
    return await call(readCommand({ path: { command_id: command } }))
  } catch (error) {
    if (error instanceof ProblemError && error.is('unknown-command')) return null
    throw error
  }
}

/** Whoever pressed has gone: it must not go under the name of whoever came. Nobody is told. */
export class GoneError extends Error {
  override readonly name = 'GoneError'
}

/** A command that nobody decided within 30 s is refused by the router: past this, ask by repeating. */
const UNDECIDED_MS = 32_000
const ASK_EVERY_MS = 1_000
const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000]

export interface Ways {
  post: Post
  ask: Ask
  pause: (ms: number) => Promise<void>
  now: () => number
  /** Resolves when somebody is signed in again. */
  signedIn: () => Promise<void>
  /** Throws `GoneError` once whoever pressed has gone. */
  stillHere: () => void
  /** Stop repeating when no answer came for this long; without it, never. */
  patienceMs: number | null
  /** Runs before each time it is sent, and may throw: then it is not sent. */
  before?: () => Promise<void>
}

/**
 * Have a command decided. What is transient is repeated with the same key, which is the same command.
 *
 * Throws `ProblemError` for what no repetition cures, what is transient after the patience, and
 * `GoneError` instead of sending anything for somebody who has gone.
 */
export async function execute(
  conversation: string,
  command: Command,
  key: string,
  ways: Ways,
): Promise<Decision> {
  const start = ways.now()
  for (let attempt = 0; ; attempt += 1) {
    try {
      await ways.before?.()
      ways.stillHere()
      const answer = await ways.post(conversation, command, key)
      const decision =
        answer.status === 'pending'
          ? await decided(answer.command_id, ways)
          : accepted(answer as CommandAccepted)
      if (decision) return decision
    } catch (error) {
      ways.stillHere()
      const refused = refusal(error)
      if (refused) return refused
      if (isSignedOut(error)) {
        await ways.signedIn()
        continue
      }
      const late = ways.patienceMs !== null && ways.now() - start > ways.patienceMs
      if (!isTransient(error) || late) throw error
      const named = error instanceof ProblemError ? error.retryAfter : null
      await ways.pause(named === null ? (RETRY_MS[attempt] ?? 30_000) : named * 1_000)
    }
  }
}

async function decided(command: string, ways: Ways): Promise<Decision | null> {
  const start = ways.now()
  while (ways.now() - start < UNDECIDED_MS) {
    await ways.pause(ASK_EVERY_MS)
    const outcome = await ways.ask(command)
    if (outcome) return kept(outcome)
  }
  return null
}

function kept(outcome: KeptOutcome): Decision {
  const { owner, epoch, version, message_id: message, reason } = outcome
  if (outcome.status === 'accepted') return { status: 'accepted', owner, epoch, version, message }
  return { status: 'refused', reason: reason ?? 'expired', owner, epoch }
}

function accepted(answer: CommandAccepted): Decision {
  const { owner, epoch, version, message_id: message } = answer
  return { status: 'accepted', owner, epoch, version, message }
}

function refusal(error: unknown): Decision | null {
  if (!(error instanceof ProblemError) || !error.is('refused')) return null
  const { reason, owner, epoch } = error.problem
  return { status: 'refused', reason: reason ?? 'expired', owner: owner ?? null, epoch: epoch ?? 0 }
}
