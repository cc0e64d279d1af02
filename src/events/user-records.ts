import type { Payload, PayloadDecoder, UserRecord } from './payload.ts'
import type { Place } from './place.ts'

/** One part of a record, before its payload is decoded. */
export interface RecordPart {
  readonly payload: Payload
  readonly partitionKey?: string
}

/** The user records in the parts of a record: each part is one, or as many as `inner` finds in it, numbered consecutively. */
export function userRecordsOf<T>(parts: readonly RecordPart[], inner: PayloadDecoder<T>): UserRecord<T>[] {
  const records: UserRecord<T>[] = []
  for (const { payload, partitionKey } of parts) {
    for (const { place, decode, partitionKey: own = partitionKey } of splitPart(payload, inner))
      records.push({ subSequence: records.length, place, decode, ...(own !== undefined && { partitionKey: own }) })
  }
  return records
}

interface SplitPart<T> {
  readonly place: Place
  readonly decode: () => T
  readonly partitionKey?: string
}

/** A part that cannot be split is one failed record. */
function splitPart<T>(payload: Payload, inner: PayloadDecoder<T>): readonly SplitPart<T>[] {
  const { place } = payload
  try {
    return inner.split?.(payload) ?? [{ place, decode: () => inner.decode(payload) }]
  } catch (error) {
    const decode = (): never => {
      throw error
    }
    return [{ place, decode }]
  }
}
