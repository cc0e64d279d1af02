import * as z from 'zod/mini'
import type { RecordReader } from './event-record.ts'
import type { TypeOf } from './event-type.ts'

/**
 * The input that a Distributed Map state of Step Functions with an `ItemBatcher` passes to each of its child executions.
 *
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
 *
 * @example
 * DistributedMapEventSchema.safeParse({ BatchInput: { day: '2026-01-31' }, Items: [{ id: 1 }] }).success // => true
 */
export const DistributedMapEventSchema = z.looseObject({
  Items: z.array(z.unknown()),
  BatchInput: z.optional(z.unknown()),
})

export type DistributedMapEvent = TypeOf<z.infer<typeof DistributedMapEventSchema>>

/** Items have no names: the index in the list is the identifier. */
export const readDistributedMapItem: RecordReader = (item, place, draft) => {
  draft.id = String(place.steps)
  return { kind: 'json', data: item, place }
}
