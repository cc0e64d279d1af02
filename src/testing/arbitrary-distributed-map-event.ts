import fc from 'fast-check'
import type { DistributedMapEvent } from '../events/index.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { plainDictionary, type RecordCount, withOptional } from './event-parts.ts'

/**
 * Inputs that a Distributed Map state of Step Functions with an `ItemBatcher` passes to each of its child executions.
 *
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
 *
 * @param options.item - the items; any JSON when absent.
 * @returns an arbitrary of events of `DistributedMapEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryDistributedMapEvent(), (event) => readRecords(event, jsonPayload()).length === event.Items.length))
 */
export function arbitraryDistributedMapEvent(
  options: RecordCount & { readonly item?: fc.Arbitrary<unknown> } = {},
): fc.Arbitrary<DistributedMapEvent> {
  checkArbitrary('arbitraryDistributedMapEvent', options, ['item', 'minRecords', 'maxRecords'])
  const { item = fc.jsonValue(), minRecords = 1, maxRecords = Math.max(minRecords, 5) } = options
  return withOptional(
    { Items: fc.array(item, { minLength: minRecords, maxLength: maxRecords }) },
    { BatchInput: plainDictionary(fc.constantFrom('day', 'prefix'), fc.jsonValue({ maxDepth: 1 })) },
  )
}
