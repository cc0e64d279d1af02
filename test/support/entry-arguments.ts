import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import * as z from 'zod/mini'
import { encodeCsv, encodeParquet, tableFromRows } from '../../src/codecs/index.ts'
import { textPayload } from '../../src/events/index.ts'
import { memoryGather } from '../../src/fanout/gather/index.ts'
import { sealed } from '../../src/fanout/gather/split.ts'
import { memoryStore } from '../../src/idempotency/index.ts'
import { cleanColumnNames } from '../../src/transform/index.ts'
import { type Argument, anything, none, options, required, requiredOptions } from './hostile-arguments.ts'

const client = { send: async () => ({}), config: {} }
/** For an entry that reads before it returns. */
const brokenClient = { ...client, send: async () => Promise.reject(new Error('down')) }
const table = tableFromRows([{ id: 1, name: 'a' }])
const csvBytes = encodeCsv(table)
const parquetBytes = await encodeParquet(table)
const json = (text: string) => () => new TextEncoder().encode(text)
const queueEvent = { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: '{"id":1}' }] }
const image = { id: { S: 'a' } }
const streamEvent = {
  Records: [{ eventSource: 'aws:dynamodb', eventName: 'REMOVE', dynamodb: { Keys: image, SequenceNumber: '111' } }],
}
const change = { type: 'INSERT', id: 'e', keys: { id: 1 }, after: { id: 1 }, cause: 'user', transport: 'streams' }
const kinesisRecord = {
  eventID: 'shardId-000000000006:4959',
  eventSourceARN: 'arn:aws:kinesis:eu-west-1:123456789012:stream/orders',
  kinesis: { sequenceNumber: '4959' },
}
const failure = {
  requestContext: { condition: 'RetryAttemptsExhausted' },
  KinesisBatchInfo: {
    shardId: 'shardId-0',
    startSequenceNumber: '1',
    endSequenceNumber: '1',
    streamArn: 'arn:aws:kinesis:eu-west-1:1:stream/s',
  },
}
const kinesis = {
  getShardIterator: async () => ({ ShardIterator: 'i' }),
  getRecords: async () => ({ Records: [{ SequenceNumber: '1', PartitionKey: 'k', Data: new Uint8Array(1) }] }),
}
const context = { getRemainingTimeInMillis: () => 60_000 }
const work = async () => 1
const recordTable = {
  insert: async () => ({ won: true }),
  replace: async () => ({ won: true }),
  change: async () => ({ won: true }),
  fits: () => true,
}
const job = { objects: 1, largestBytes: 1, totalBytes: 1, isSplittable: true, mbPerSecond: 1, memoryMb: 1024 }
const usage = { bytesIn: 1, bytesOut: 1, files: 1, mbPerSecond: 1, memoryMb: 1024 }

const plan = { id: 'p', splits: [], objects: 0, bytes: 0 }
const split = sealed({
  plan: 'p',
  index: 0,
  of: 1,
  bucket: 'b',
  key: 'a.csv',
  eTag: 'e',
  format: 'csv',
  start: 0,
  end: 1,
  size: 1,
})

/** A file of a handler, or a folder, in a folder of this process. */
const bundled = (name = 'index.js'): string => {
  const folder = join(tmpdir(), `millrace-arguments-${process.pid}`)
  if (mkdirSync(folder, { recursive: true }))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  if (name.endsWith('.js')) writeFileSync(join(folder, name), 'exports.handler = async () => 1')
  return join(folder, name)
}

const columns = required(() => 'id', "'x'", "''")
const counts = required(() => 16, '42')
const tables = required(() => table)
const events = required(() => queueEvent)
const decoders = required(() => textPayload(), 'a schema')
const handlers = required(() => work, 'a function')
const clients = required(() => client)
const prices = options()
/** A place may carry further fields. */
const target = required(() => ({}), 'undefined', '{}', 'a Date', 'a class instance', 'a schema', "{ seperator: ';' }")
/** What an item is compared with may be absent, and any object is an item. */
const items = required(
  () => ({ id: 1 }),
  'a Date',
  'undefined',
  'null',
  '{}',
  "{ seperator: ';' }",
  'a class instance',
  'a schema',
)
/** An attribute that only one image has is a change, whatever it holds. */
const images = required(() => image, 'undefined', 'null', '{}', "{ seperator: ';' }")
const sizedEvent = [options(() => ({ minRecords: 1, maxRecords: 2 }))]
const payloadEvent = [options(() => ({ payload: fc.constant('a') }))]

/** The arguments of a valid call of each function that the package exports, classes apart. */
export const ENTRIES: Readonly<Record<string, readonly Argument[]>> = {
  // codecs
  bytesSource: [required(() => csvBytes, 'bytes')],
  codecFor: [required(() => 'a.csv'), options()],
  csv: [options()],
  decodeCsv: [required(() => csvBytes), options()],
  decodeJson: [required(json('[{"a":1}]')), options()],
  decodeNdjson: [required(json('{"a":1}\n')), options()],
  decodeParquet: [required(() => parquetBytes), options()],
  encodeCsv: [tables, options()],
  encodeJson: [tables, options()],
  encodeNdjson: [tables, options()],
  encodeParquet: [tables, options()],
  fileSource: [required(() => 'a.csv', "'x'")],
  json: [options()],
  ndjson: [options()],
  parquet: [options()],
  rowsFromTable: [tables],
  tableFromRows: [required(() => [{ id: 1 }], '[]'), options()],
  // transform
  addBatchMetadata: [options()],
  addColumns: [
    required(() => ({ a: 1 }), '{}', 'a Date', "{ seperator: ';' }", 'a class instance', 'a schema'),
    options(),
  ],
  castColumns: [required(() => ({ id: 'int64' }), '{}', 'a Date')],
  cleanColumnNames: [options()],
  defineTransform: [required(() => 'own', "'x'", "''"), required(() => () => ({ next: () => [] }), 'a function')],
  dropDuplicates: [options()],
  fillNulls: [required(() => ({ a: 1 }), '{}', 'a Date', "{ seperator: ';' }", 'a class instance', 'a schema')],
  filterRows: [required(() => () => true, 'a function')],
  renameColumns: [required(() => ({ id: 'key' }), '{}', 'a Date', "{ seperator: ';' }", 'a class instance')],
  requiredFields: [required(() => ['id'], '[]', "['x']"), options()],
  rowCounter: [none],
  scoreRows: [required(() => [], 'undefined', '[]')],
  selectColumns: [required(() => ['id'], '[]', "['x']")],
  transformTable: [tables, required(() => cleanColumnNames())],
  validationScore: [anything(() => ({ id: 1 })), required(() => [], 'undefined', '[]')],
  // s3
  outputKey: [required(() => 'landing/a.csv'), required(() => ({ from: 'landing', to: 'processed' }))],
  s3Sink: [clients, required(() => ({ bucket: 'b', key: 'k' })), options()],
  s3Source: [clients, required(() => ({ bucket: 'b', key: 'k' })), options()],
  // dataset
  athenaTable: [requiredOptions(() => ({ table: 'orders', location: 's3://lake/orders/', schema: { id: 'int64' } }))],
  byBucket: [columns, counts, options()],
  byDay: [columns, options()],
  byHash: [required(() => ['id'], 'undefined', "['x']"), counts, options()],
  byHour: [columns, options()],
  byMonth: [columns, options()],
  byYear: [columns, options()],
  datasetSink: [clients, required(() => ({ bucket: 'b', prefix: 'p', name: 'n' })), options()],
  dropStaleFiles: [clients, required(() => ({ files: [] })), required(() => ({ bucket: 'b', prefix: 'p' }))],
  hivePath: [required(() => ({ dt: '1' }), '{}', 'a Date', "{ seperator: ';' }", 'a class instance')],
  isDatasetWriteError: [anything(() => 1)],
  listDataset: [clients, required(() => ({ bucket: 'b', prefix: 'p' }))],
  mergeParquet: [
    required(() => brokenClient),
    required(() => [{ bucket: 'b', key: 'k' }]),
    required(() => ({ bucket: 'b', key: 'm' })),
    options(),
  ],
  parseHivePath: [required(() => 'dt=1/a', "'x'", "''")],
  readDataset: [clients, required(() => [], '[]', "['x']", '[null]', 'a Map', 'bytes'), options()],
  // fanout
  dynamodbGather: [requiredOptions(() => ({ client, tableName: 't' }))],
  gather: [requiredOptions(() => ({ store: memoryGather(), run: 'r', parts: 2 }))],
  memoryGather: [none],
  planSplits: [clients, required(() => [], '[]'), options()],
  readSplit: [clients, required(() => split), options()],
  s3Gather: [requiredOptions(() => ({ client, bucket: 'b' }))],
  verifySplits: [required(() => plan), required(() => [], '[]', 'a Map')],
  // bundle
  addCodeCache: [requiredOptions(() => ({ file: bundled() }))],
  bundleHandler: [requiredOptions(() => ({ entry: bundled(), outdir: bundled('dist'), cache: false }))],
  cdkBundling: [options()],
  // telemetry
  collectMetrics: [handlers, requiredOptions(() => ({ namespace: 'n', write: () => {} }))],
  // events
  batchKey: [required(() => [kinesisRecord])],
  bytesPayload: [none],
  detectSource: [anything(() => queueEvent)],
  envelopePayload: [decoders],
  gunzipPayload: [decoders, options(() => ({ maxBytes: 1 }))],
  jsonPayload: [required(() => z.object({}), 'undefined', 'a schema'), options(() => ({ maxDepth: 3 }))],
  kplPayload: [decoders],
  linesPayload: [decoders],
  readFailedBatch: [required(() => failure), required(() => kinesis), options(() => ({ pauseMs: 0 }))],
  readRecords: [events, decoders],
  s3Objects: [required(() => ({ Records: [] })), options()],
  s3ObjectsPayload: [none],
  textPayload: [none],
  // flow
  deadline: [required(() => context), options(() => ({ reserveMs: 1 }))],
  failFrom: [anything(() => ({})), anything(() => undefined)],
  isTransientError: [anything(() => undefined)],
  processBatch: [events, handlers, requiredOptions(() => ({ payload: textPayload() }))],
  processBatches: [events, handlers, requiredOptions(() => ({ payload: textPayload() }))],
  retry: [handlers, options()],
  // idempotency
  canonicalHash: [anything(() => 1)],
  createTableInput: [requiredOptions(() => ({ tableName: 't' }))],
  dynamodbCheckpointStore: [requiredOptions(() => ({ client, tableName: 't' }))],
  dynamodbStore: [requiredOptions(() => ({ client, tableName: 't' }))],
  idempotencyLease: [anything(() => undefined)],
  idempotent: [handlers, requiredOptions(() => ({ store: memoryStore(), key: () => 1 }))],
  isIdempotencyInProgressError: [anything(() => 1)],
  memoryCheckpointStore: [none],
  memoryStore: [options()],
  recordStore: [
    required(() => recordTable),
    required(() => ({ writeResult: async () => {}, readResult: async () => '' }), 'undefined'),
  ],
  s3Store: [requiredOptions(() => ({ client, bucket: 'b' }))],
  // cdc
  changePayload: [options()],
  compactChanges: [required(() => [change], '[]')],
  compareSequences: [required(() => '1', "'x'", "''"), required(() => '2', "'x'", "''")],
  deserializeImage: [required(() => image, '{}'), options(() => ({ numbers: 'auto' }))],
  deserializeValue: [required(() => ({ S: 'a' })), options(() => ({ numbers: 'auto' }))],
  detectChanges: [items, items, options(() => ({ ignore: ['a'] }))],
  detectImageChanges: [images, images, options(() => ({ ignore: ['a'] }))],
  diff: [items, items, options(() => ({ ignore: ['a'] }))],
  padSequence: [required(() => '111')],
  readChanges: [required(() => streamEvent), options()],
  serializeImage: [required(() => ({ id: 1 }), '{}', "{ seperator: ';' }"), options()],
  serializeValue: [anything(() => 1), options()],
  tableFromChanges: [required(() => [change], '[]'), options()],
  toEnvelope: [required(() => change)],
  toJsonPatch: [required(() => [{ op: 'remove', path: ['a'] }], '[]')],
  toRow: [required(() => change), options()],
  // errors
  isMillraceError: [anything(() => 1), anything(() => undefined)],
  isSendError: [anything(() => 1)],
  // send
  dynamodbWriter: [clients, required(() => ({ tableName: 't', keys: ['id'] })), options()],
  eventBridgeSender: [clients, target, options()],
  firehoseSender: [clients, required(() => ({ deliveryStreamName: 's' })), options()],
  kinesisSender: [clients, required(() => ({ streamName: 's' })), options()],
  snsSender: [clients, required(() => ({ topicArn: 'arn:aws:sns:eu-west-1:1:t' })), options()],
  sqsSender: [clients, required(() => ({ queueUrl: 'https://sqs/1/q' })), options()],
  // limits
  checkEventSource: [required(() => 'sqs'), anything(() => ({}))],
  chooseEngine: [requiredOptions(() => job), options()],
  jobCost: [requiredOptions(() => usage), prices],
  lambdaCost: [requiredOptions(() => ({ invocations: 1, ms: 1, memoryMb: 1024 })), prices],
  sourceOf: [required(() => 'timeoutSeconds')],
  // testing
  aggregateRecords: [required(() => [{ partitionKey: 'a', data: gzipSync('a') }], '[]')],
  arbitraryActiveMqEvent: sizedEvent,
  arbitraryAggregatedRecord: payloadEvent,
  arbitraryAlbEvent: payloadEvent,
  arbitraryApiGatewayHttpEvent: payloadEvent,
  arbitraryApiGatewayRestEvent: payloadEvent,
  arbitraryAsyncFailureEvent: [options(() => ({ requestPayload: fc.constant('a') }))],
  arbitraryChange: [options(() => ({ read: { numbers: 'bigint' } }))],
  arbitraryCloudWatchAlarmEvent: [none],
  arbitraryCloudWatchLogsData: sizedEvent,
  arbitraryCloudWatchLogsEvent: sizedEvent,
  arbitraryCsv: [options()],
  arbitraryDistributedMapEvent: sizedEvent,
  arbitraryDocumentDbEvent: sizedEvent,
  arbitraryDynamoDBStreamEvent: sizedEvent,
  arbitraryEventBridgeEvent: [options(() => ({ detail: fc.constant('a') }))],
  arbitraryFirehoseEvent: sizedEvent,
  arbitraryGzip: [required(() => fc.constant('a'), 'undefined')],
  arbitraryImage: [options(() => ({ maxKeys: 1 }))],
  arbitraryKafkaEvent: sizedEvent,
  arbitraryKinesisEvent: sizedEvent,
  arbitraryPayload: [none],
  arbitraryRabbitMqEvent: sizedEvent,
  arbitraryS3BatchEvent: [options()],
  arbitraryS3Event: sizedEvent,
  arbitraryS3EventBridgeEvent: [options()],
  arbitraryScheduledEvent: [none],
  arbitrarySesEvent: [options()],
  arbitrarySnsEvent: payloadEvent,
  arbitrarySqsEvent: sizedEvent,
  arbitraryStreamFailureEvent: [none],
  arbitraryTable: [options(() => ({ maxRows: 1 }))],
  arbitraryVpcLatticeEvent: payloadEvent,
  arbitraryWebSocketEvent: payloadEvent,
  fakeService: [requiredOptions(() => ({ service: 'sqs' }))],
  gatherLaws: [required(() => () => memoryGather(), 'a function'), options(() => ({ runs: 1 }))],
  storeLaws: [required(() => () => memoryStore(), 'a function'), options(() => ({ runs: 1 }))],
}
