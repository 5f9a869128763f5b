/** Each switch of the page, and what it is in the simulator's faults. */

import type { Faults, Line } from '../api'

export type SwitchName =
  | 'repeated'
  | 'disorder'
  | 'slowBot'
  | 'credentials'
  | 'refused'
  | 'receiptsLost'
  | 'receiptsLate'
  | 'cut'

interface Switch {
  isOn: (faults: Faults) => boolean
  turned: (faults: Faults, on: boolean) => Faults
}

/** Twilio's "rate limit exceeded for channel": nothing that the text could be blamed for. */
export const REFUSAL_CODE = 63_018
const ALWAYS = 1_000_000
const SOON: readonly [number, number] = [10, 50]
const LATE: readonly [number, number] = [15_000, 20_000]
const DISORDER_MS = 4_000
export const BOT_DELAY_MS = 15_000

const isRefusal = (line: Line) =>
  line.fault === 'fail' && line.code === REFUSAL_CODE && line.contains === ''

export const SWITCHES: Record<SwitchName, Switch> = {
  repeated: {
    isOn: (faults) => faults.webhook_double > 0,
    turned: (faults, on) => ({ ...faults, webhook_double: on ? 1 : 0 }),
  },
  disorder: {
    isOn: (faults) => faults.webhook_reorder_ms > 0,
    turned: (faults, on) => ({
      ...faults,
      webhook_reorder_ms: on ? DISORDER_MS : 0,
      callback_reorder: on ? 1 : 0,
    }),
  },
  slowBot: {
    isOn: (faults) => (faults.bot_delay_ms ?? 0) > 0,
    turned: (faults, on) => ({ ...faults, bot_delay_ms: on ? BOT_DELAY_MS : 0 }),
  },
  credentials: {
    isOn: (faults) => faults.reject_401 > 0,
    turned: (faults, on) => onCreate(faults, 'reject_401', on),
  },
  refused: {
    isOn: (faults) => faults.script.some(isRefusal),
    turned: (faults, on) => {
      const others = faults.script.filter((line) => !isRefusal(line))
      const line = { contains: '', fault: 'fail', times: ALWAYS, code: REFUSAL_CODE }
      return { ...faults, script: on ? [...others, line] : others }
    },
  },
  receiptsLost: {
    isOn: (faults) => faults.callback_drop > 0,
    turned: (faults, on) => ({ ...faults, callback_drop: on ? 1 : 0 }),
  },
  receiptsLate: {
    isOn: (faults) => faults.callback_delay_ms[0] >= LATE[0],
    turned: (faults, on) => ({ ...faults, callback_delay_ms: on ? LATE : SOON }),
  },
  cut: {
    isOn: (faults) => faults.cut_after > 0,
    turned: (faults, on) => onCreate(faults, 'cut_after', on),
  },
}

const NO_CREATE_FAULT = {
  reject_401: 0,
  reject_429: 0,
  error_500_before: 0,
  cut_before: 0,
  error_500_after: 0,
  cut_after: 0,
  hang_after: 0,
}

/** The chances of a create request exclude each other: this one takes the place of all. */
function onCreate(faults: Faults, name: keyof typeof NO_CREATE_FAULT, on: boolean): Faults {
  return { ...faults, ...(on && NO_CREATE_FAULT), [name]: on ? 1 : 0 }
}

export const SWITCH_NAMES = Object.keys(SWITCHES) as readonly SwitchName[]

export function turnedOn(faults: Faults): SwitchName[] {
  return SWITCH_NAMES.filter((name) => SWITCHES[name].isOn(faults))
}

/** None of these any more; what others have set stays. */
export function calmed(faults: Faults): Faults {
  return turnedOn(faults).reduce((left, name) => SWITCHES[name].turned(left, false), faults)
}
