import fc from 'fast-check'
import { isoSeconds, plainDictionary, plainRecord } from './event-parts.ts'

/** An event of a stream, unchanged or with the fields of a tumbling window in addition to its records. */
export function withWindow<T extends object>(event: T, shardId: string, eventSourceARN: string): fc.Arbitrary<T> {
  const inWindow = plainRecord({
    window: plainRecord({ start: isoSeconds, end: isoSeconds }),
    state: plainDictionary(fc.constantFrom('count', 'sum'), fc.nat(), { maxKeys: 2 }),
    isFinalInvokeForWindow: fc.boolean(),
    isWindowTerminatedEarly: fc.boolean(),
  })
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(event) },
    inWindow.map((window) => ({ ...event, ...window, shardId, eventSourceARN })),
  )
}
