/** Ready situations, as data. Customers write in their own language, whatever the page speaks. */

import type { IconName } from '../../ui/Icon'
import type { Sample } from '../phone/talk'

export type Step =
  | { say: string; sample?: Sample }
  /** Wait for an answer: of whoever answers first, or of the person who takes the conversation. */
  | { hear: 'anyone' | 'person' }
  | { pauseMs: number }
  /** Move the clock on. */
  | { forwardS: number }
  /** Move the clock on to this time of the day, here. */
  | { until: readonly [hour: number, minute: number] }

export interface Script {
  /** The customer's name. */
  name: string
  steps: readonly Step[]
}

export type ScriptName = 'doubt' | 'person' | 'complaint' | 'audio' | 'outside' | 'back' | 'spanish'

export const SCRIPTS: Record<ScriptName, Script & { icon: IconName }> = {
  doubt: {
    icon: 'inbox',
    name: 'Bia Teste',
    steps: [
      { say: 'oi, vocês abrem domingo?' },
      { hear: 'anyone' },
      { say: 'e fazem entrega?' },
      { hear: 'anyone' },
      { say: 'obrigada!' },
      { hear: 'anyone' },
    ],
  },
  person: {
    icon: 'user',
    name: 'Rafael Teste',
    steps: [
      { say: 'oi, quanto custa o pão francês?' },
      { hear: 'anyone' },
      { say: 'quero 400 para um evento na terça, tem desconto?' },
      { hear: 'anyone' },
      { say: 'quero falar com um atendente' },
      { hear: 'anyone' },
      { hear: 'person' },
      { say: 'fechado!' },
    ],
  },
  complaint: {
    icon: 'alert',
    name: 'Marina Teste',
    steps: [
      { say: 'comprei um bolo com vocês hoje e ele veio amassado' },
      { hear: 'anyone' },
      { say: 'olha como chegou', sample: 'photo.jpg' },
      { hear: 'anyone' },
      { say: 'sim, quero falar com um atendente' },
      { hear: 'anyone' },
    ],
  },
  audio: {
    icon: 'mic',
    name: 'Téo Teste',
    steps: [
      { say: '', sample: 'voice.ogg' },
      { hear: 'anyone' },
      { say: 'sim' },
      { hear: 'anyone' },
    ],
  },
  outside: {
    icon: 'moon',
    name: 'Ivone Teste',
    steps: [
      { until: [22, 30] },
      { say: 'boa noite, vocês estão abertos agora?' },
      { hear: 'anyone' },
      { say: 'queria falar com um atendente' },
      { hear: 'anyone' },
    ],
  },
  back: {
    icon: 'hourglass',
    name: 'Caio Teste',
    steps: [
      { say: 'oi, como faço uma encomenda?' },
      { hear: 'anyone' },
      { say: 'prefiro falar com um atendente' },
      { hear: 'anyone' },
      { forwardS: 24 * 3600 + 60 },
      // Time to see in the console that the window is shut.
      { pauseMs: 6_000 },
      { say: 'voltei! ainda dá para encomendar um bolo?' },
    ],
  },
  spanish: {
    icon: 'globe',
    name: 'Lucía Prueba',
    steps: [
      { say: 'hola, ¿abren los domingos?' },
      { hear: 'anyone' },
      { say: 'gracias, ¿puedo hablar con un asesor?' },
      { hear: 'anyone' },
    ],
  },
}

export const SCRIPT_NAMES = Object.keys(SCRIPTS) as readonly ScriptName[]
