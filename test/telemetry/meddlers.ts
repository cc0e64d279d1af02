import type { Subscriber } from './support.ts'

/** Subscribers that do what they must not. */
export const MEDDLERS: Readonly<Record<string, Subscriber>> = {
  throws: () => {
    throw new Error('subscriber')
  },
  'freezes the message': ({ message }) => {
    for (const part of [message, ...Object.values(message)]) Object.freeze(part)
  },
  'fills the message with its own': ({ message }) => {
    for (const name of Object.keys(message)) Object.defineProperty(message, name, { value: 'mine', writable: false })
  },
  'is slow': () => {
    for (const end = performance.now() + 1; performance.now() < end; );
  },
}

/** A value as text, to compare by. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each)) ?? ''
}
