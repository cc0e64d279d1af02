import { setImmediate as turn } from 'node:timers/promises'
import { type Channels, channels } from '../../src/internal/channels.ts'

export type ChannelName = keyof Channels
export const CHANNEL_NAMES = Object.keys(channels) as ChannelName[]
const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const

/** One event, with the message as it was then. */
export interface Heard {
  readonly channel: ChannelName
  readonly event: (typeof EVENTS)[number]
  readonly message: object
  readonly fields: Readonly<Record<string, unknown>>
}

export type Subscriber = (heard: Heard) => void

/** Run something with a subscriber on every event of every channel. */
export async function listening<T>(subscriber: Subscriber, run: () => PromiseLike<T> | T): Promise<T> {
  const undo = CHANNEL_NAMES.flatMap((channel) =>
    EVENTS.map((event) => {
      const onEvent = (message: unknown): void =>
        subscriber({ channel, event, message: message as object, fields: structuredClone(message) as never })
      channels[channel][event].subscribe(onEvent)
      return () => channels[channel][event].unsubscribe(onEvent)
    }),
  )
  try {
    return await run()
  } finally {
    for (const each of undo) each()
  }
}

/** What every channel published meanwhile, and what the work came to. */
export async function heardOf<T>(
  run: () => PromiseLike<T> | T,
): Promise<{ heard: Heard[]; outcome: PromiseSettledResult<T> }> {
  const heard: Heard[] = []
  const [outcome] = await Promise.allSettled([
    listening(
      (each) => heard.push(each),
      async () => run(),
    ),
  ])
  return { heard, outcome }
}

/** The messages of a channel at the end of their operations, without the time. */
export function endsOf(heard: readonly Heard[], channel: ChannelName): Readonly<Record<string, unknown>>[] {
  return heard
    .filter((each) => each.channel === channel && each.event === 'asyncEnd')
    .map(({ fields: { ms, ...others } }) => {
      if (typeof ms !== 'number' || !(ms >= 0)) throw new Error(`ms of ${channel} is ${ms}`)
      return others
    })
}

/** What is wrong with the order of events: each message has a start, an end, perhaps an error, then asyncStart and asyncEnd, once each. */
export function disorder(heard: readonly Heard[]): string[] {
  const events = new Map<object, string[]>()
  for (const { message, channel, event } of heard) {
    const known = events.get(message) ?? []
    events.set(message, [...known, `${channel}:${event}`])
  }
  return [...events.values()].flatMap((list) => {
    const order = list.map((each) => each.replace(/.*:/, '')).join(' ')
    return /^start end( error)? asyncStart asyncEnd$/.test(order) ? [] : [`${list[0]}: ${order}`]
  })
}

/** Run something while exceptions of subscribers, which Node raises on the next tick, reach nobody. */
export async function ignoringUncaught<T>(run: () => Promise<T>): Promise<{ result: T; raised: unknown[] }> {
  const raised: unknown[] = []
  const listeners = process.listeners('uncaughtException')
  const ignore = (error: unknown): number => raised.push(error)
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', ignore)
  try {
    const result = await run()
    await turn()
    return { result, raised }
  } finally {
    process.removeListener('uncaughtException', ignore)
    for (const listener of listeners) process.on('uncaughtException', listener)
  }
}
