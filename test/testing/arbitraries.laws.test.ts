import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect } from 'vitest'
import { decodeCsv } from '../../src/codecs/index.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import {
  bytesPayload,
  CloudWatchLogsDataSchema,
  detectSource,
  gunzipPayload,
  jsonPayload,
  kplPayload,
  readRecords,
} from '../../src/events/index.ts'
import {
  arbitraryAggregatedRecord,
  arbitraryCloudWatchLogsData,
  arbitraryCsv,
  arbitraryGzip,
  arbitraryKinesisEvent,
  arbitraryPayload,
  arbitraryTable,
} from '../../src/testing/index.ts'
import { SOURCES } from '../events/support/event-arbitraries.ts'
import { law } from '../support/law.ts'

for (const { source, schema, arbitrary } of SOURCES) {
  law(
    `testing: every generated ${source} event matches its schema, which keeps all of it, and has its source detected`,
    fc.property(arbitrary, (event) => {
      expect(schema.parse(event)).toEqual(event)
      expect(detectSource(event)).toBe(source)
    }),
    { runs: 100 },
  )
}

law(
  'testing: every generated event is JSON, as Lambda passes it',
  fc.property(fc.oneof(...SOURCES.map(({ arbitrary }) => arbitrary)), (event) => {
    // Prototypes too: what JSON.parse makes has those of objects and lists.
    expect(isDeepStrictEqual(JSON.parse(JSON.stringify(event)), event)).toBe(true)
  }),
)

law(
  'testing: an event contains custom payloads, in any surroundings',
  fc.property(
    arbitraryKinesisEvent({ payload: arbitraryGzip(fc.record({ id: fc.nat() })), minRecords: 0, maxRecords: 3 }),
    (event) => {
      const records = readRecords(event, gunzipPayload(jsonPayload()))
      expect(records.length).toBeLessThanOrEqual(3)
      expect(records.every(({ payload }) => payload.ok)).toBe(true)
    },
  ),
)

law(
  'testing: a record contains text and bytes unchanged, and any other payload as JSON',
  fc.property(
    arbitraryPayload().chain((payload) =>
      fc.tuple(fc.constant(payload), arbitraryKinesisEvent({ payload: fc.constant(payload), maxRecords: 1 })),
    ),
    ([payload, event]) => {
      const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
      const bytes = payload instanceof Uint8Array ? payload : Buffer.from(text)
      const [record] = readRecords(event, bytesPayload())
      expect(record?.payload.ok && Buffer.from(record.payload.value).equals(bytes)).toBe(true)
    },
  ),
)

law(
  'testing: generated CloudWatch Logs data matches its schema, also inside a Kinesis stream',
  fc.property(arbitraryKinesisEvent({ payload: arbitraryGzip(arbitraryCloudWatchLogsData()) }), (event) => {
    const records = readRecords(event, gunzipPayload(jsonPayload(CloudWatchLogsDataSchema)))
    expect(records.every(({ payload }) => payload.ok)).toBe(true)
  }),
  { runs: 50 },
)

law(
  'testing: aggregated records are split again, in order',
  fc.property(arbitraryAggregatedRecord(), fc.uuid(), ({ records, bytes }, sequenceNumber) => {
    const data = Buffer.from(bytes).toString('base64')
    const event = { Records: [{ eventSource: 'aws:kinesis', kinesis: { data, partitionKey: 'k', sequenceNumber } }] }
    const read = readRecords(event, kplPayload({ decode: ({ data: each }) => each }))
    expect(read).toEqual(
      records.map(({ partitionKey, data: value }, subSequence) => ({
        source: 'kinesis',
        id: sequenceNumber,
        orderingKey: partitionKey,
        subSequence,
        payload: { ok: true, value },
        raw: event.Records[0],
      })),
    )
  }),
)

law(
  'testing: a generated table has rows of its columns',
  fc.property(arbitraryTable({ maxColumns: 3, maxRows: 7 }), (table) => {
    expect(table.numCols).toBeLessThanOrEqual(3)
    expect([...rowsFromTable(table)]).toHaveLength(table.numRows)
  }),
)

law(
  'testing: all rows of a generated CSV can be read',
  fc.property(arbitraryCsv({ maxColumns: 3 }), (bytes) => {
    expect(decodeCsv(bytes).numCols).toBeLessThanOrEqual(3)
  }),
)
