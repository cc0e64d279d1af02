import fc from 'fast-check'
import type { DocumentDbEvent } from '../events/index.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { ACCOUNT, hexId, plainRecord, type RecordCount, region, resourceName } from './event-parts.ts'

/**
 * Events that Lambda delivers from a change stream of Amazon DocumentDB: documents that were inserted, updated, replaced and deleted.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-documentdb.html
 *
 * @param options.document - the documents; JSON of any shape when absent.
 * @returns an arbitrary of events of `DocumentDbEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryDocumentDbEvent(), (event) => readRecords(event, jsonPayload()).length === event.events.length))
 */
export function arbitraryDocumentDbEvent(
  options: RecordCount & { readonly document?: fc.Arbitrary<Record<string, unknown>> } = {},
): fc.Arbitrary<DocumentDbEvent> {
  checkArbitrary('arbitraryDocumentDbEvent', options, ['document', 'minRecords', 'maxRecords'])
  const {
    document = fc.dictionary(fc.constantFrom('name', 'total', 'tags'), fc.jsonValue(), { noNullPrototype: true }),
    minRecords = 1,
    maxRecords = Math.max(minRecords, 5),
  } = options
  const seconds = fc.integer({ min: 1_420_070_400, max: 2_051_222_400 })
  const change = fc
    .tuple(hexId, hexId, seconds, fc.constantFrom('insert', 'update', 'replace', 'delete'), document, resourceName)
    .map(([token, id, t, operationType, fullDocument, coll]) => ({
      event: {
        _id: { _data: token },
        clusterTime: { $timestamp: { t, i: 1 } },
        documentKey: { _id: { $oid: id.slice(0, 24) } },
        ...(operationType !== 'delete' && { fullDocument }),
        ns: { db: 'shop', coll },
        operationType,
      },
    }))
  return plainRecord({
    eventSource: fc.constant('aws:docdb' as const),
    eventSourceArn: region.map((name) => `arn:aws:rds:${name}:${ACCOUNT}:cluster:orders`),
    events: fc.array(change, { minLength: minRecords, maxLength: maxRecords }),
  })
}
