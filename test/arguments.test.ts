import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type RecordBatch, Table } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import * as codecs from '../src/codecs/index.ts'
import { rowsFromTable, tableFromRows } from '../src/codecs/index.ts'
import { datasetSink, listDataset } from '../src/dataset/index.ts'
import {
  envelopePayload,
  gunzipPayload,
  jsonPayload,
  kplPayload,
  linesPayload,
  readRecords,
} from '../src/events/index.ts'
import { deadline, processBatch, retry } from '../src/flow/index.ts'
import { outputKey, s3Sink, s3Source } from '../src/s3/index.ts'
import * as transform from '../src/transform/index.ts'

/** Calls that TypeScript refuses, as JavaScript makes them. */
const js = <T>(value: unknown): T => value as T
const call = (entry: unknown, ...given: readonly unknown[]) =>
  (entry as (...all: readonly unknown[]) => unknown)(...given)

const client = { send: async () => ({}), config: {} }
const table = tableFromRows([{ id: 1, name: 'a' }])
const batch = table.batches[0] as RecordBatch
const { cleanColumnNames, dropDuplicates, transformTable } = transform

type Case = readonly [name: string, run: () => unknown, code: string, message: RegExp]

const CASES: readonly Case[] = [
  [
    "dropDuplicates('id')",
    () => call(dropDuplicates, 'id'),
    'OPTION_INVALID',
    /not a string; write dropDuplicates\(\{ subset: \['id'\] \}\)/,
  ],
  ["dropDuplicates(['id'])", () => call(dropDuplicates, ['id']), 'OPTION_INVALID', /not an array/],
  [
    "dropDuplicates({ subset: 'id' })",
    () => call(dropDuplicates, { subset: 'id' }),
    'OPTION_INVALID',
    /subset must be an array of strings, not a string/,
  ],
  [
    'dropDuplicates({ subsets: [] })',
    () => call(dropDuplicates, { subsets: ['id'] }),
    'OPTION_INVALID',
    /did you mean subset\?/,
  ],
  ["cleanColumnNames('snake')", () => call(cleanColumnNames, 'snake'), 'OPTION_INVALID', /style: 'snake'/],
  [
    'cleanColumnNames({ styl })',
    () => call(cleanColumnNames, { styl: 'snake' }),
    'OPTION_INVALID',
    /did you mean style\?/,
  ],
  [
    'fillNulls(0)',
    () => call(transform.fillNulls, 0),
    'TYPE_MISMATCH',
    /values must be an object, not a number; write fillNulls\(\{ amount: 0 \}\)/,
  ],
  ['fillNulls()', () => call(transform.fillNulls), 'TYPE_MISMATCH', /not undefined/],
  ['fillNulls(new Map())', () => call(transform.fillNulls, new Map([['a', 1]])), 'TYPE_MISMATCH', /not a Map/],
  ["addColumns('a', 1)", () => call(transform.addColumns, 'a', 1), 'TYPE_MISMATCH', /not a string/],
  [
    'addColumns({}, { types })',
    () => call(transform.addColumns, { a: 1 }, { types: {} }),
    'OPTION_INVALID',
    /it has schema/,
  ],
  ["addBatchMetadata('run')", () => call(transform.addBatchMetadata, 'run'), 'OPTION_INVALID', /not a string/],
  [
    'addBatchMetadata({ now: new Date() })',
    () => call(transform.addBatchMetadata, { now: new Date() }),
    'OPTION_INVALID',
    /now must be a function, not a Date/,
  ],
  [
    "selectColumns('id', 'name')",
    () => call(transform.selectColumns, 'id', 'name'),
    'TYPE_MISMATCH',
    /selectColumns\(\['id', 'name'\]\)/,
  ],
  ['selectColumns([1])', () => call(transform.selectColumns, [1]), 'TYPE_MISMATCH', /array of strings/],
  ["renameColumns('a', 'b')", () => call(transform.renameColumns, 'a', 'b'), 'TYPE_MISMATCH', /renameColumns\(\{/],
  ['renameColumns({ a: 1 })', () => call(transform.renameColumns, { a: 1 }), 'TYPE_MISMATCH', /the new names/],
  ["castColumns('id', 'int64')", () => call(transform.castColumns, 'id', 'int64'), 'TYPE_MISMATCH', /castColumns\(\{/],
  ['filterRows({})', () => call(transform.filterRows, { id: 1 }), 'TYPE_MISMATCH', /predicate must be a function/],
  ['scoreRows({})', () => call(transform.scoreRows, { id: 1 }), 'TYPE_MISMATCH', /array of rules/],
  ["requiredFields('id')", () => call(transform.requiredFields, 'id'), 'TYPE_MISMATCH', /array of strings/],
  [
    "requiredFields(['id'], 'defined')",
    () => call(transform.requiredFields, ['id'], 'defined'),
    'OPTION_INVALID',
    /not a string/,
  ],
  ["validationScore('x')", () => call(transform.validationScore, 'x'), 'TYPE_MISMATCH', /not a string/],
  ['validationScore({}, {})', () => call(transform.validationScore, {}, {}), 'TYPE_MISMATCH', /array of rules/],
  ['rowCounter(stream)', () => call(transform.rowCounter, Readable.from([])), 'OPTION_INVALID', /write rowCounter\(\)/],
  ['defineTransform(start)', () => call(transform.defineTransform, () => {}), 'TYPE_MISMATCH', /name must be a string/],
  [
    'transformTable(t, cleanColumnNames)',
    () => call(transformTable, table, cleanColumnNames),
    'TYPE_MISMATCH',
    /not the function cleanColumnNames; .*cleanColumnNames\(\)/,
  ],
  [
    'transformTable(t, [..])',
    () => call(transformTable, table, [cleanColumnNames()]),
    'TYPE_MISMATCH',
    /transformTable\(table, \.\.\.transforms\)/,
  ],
  [
    'transformTable(rows)',
    () => call(transformTable, [{ id: 1 }], cleanColumnNames()),
    'TYPE_MISMATCH',
    /not an array; .*tableFromRows\(rows\)/,
  ],
  ['transformTable(promise)', () => call(transformTable, Promise.resolve(table)), 'TYPE_MISMATCH', /await it/],
  ['transformTable(batch)', () => call(transformTable, batch), 'TYPE_MISMATCH', /new Table\(batch\)/],
  ['rowsFromTable(rows)', () => call(rowsFromTable, [{ id: 1 }]), 'TYPE_MISMATCH', /tableFromRows\(rows\)/],
  ['tableFromRows(table, types)', () => call(tableFromRows, [], { types: {} }), 'OPTION_INVALID', /it has schema/],
  ['tableFromRows({})', () => call(tableFromRows, { id: 1 }), 'TYPE_MISMATCH', /not an object/],
  [
    's3Sink(client)',
    () => call(s3Sink, client),
    'TYPE_MISMATCH',
    /target must be an object, not undefined; write s3Sink\(client/,
  ],
  ["s3Sink(client, 'lake', 'key')", () => call(s3Sink, client, 'lake', 'key'), 'TYPE_MISMATCH', /not a string/],
  [
    's3Sink({ bucket, key })',
    () => call(s3Sink, { bucket: 'a', key: 'b' }),
    'TYPE_MISMATCH',
    /client must be a client of the AWS SDK v3/,
  ],
  ['s3Sink(client, { bucket })', () => call(s3Sink, client, { bucket: 'a' }), 'OPTION_INVALID', /key must be/],
  [
    's3Sink(.., { partSize })',
    () => call(s3Sink, client, { bucket: 'a', key: 'b' }, { partByte: 1 }),
    'OPTION_INVALID',
    /did you mean partBytes\?/,
  ],
  ...['contenttype', 'ContentType', 'metaData', 'ifNonMatch', 'storageclass'].map(
    (name): Case => [
      `s3Sink(client, { ${name} })`,
      () => call(s3Sink, client, { bucket: 'a', key: 'b', [name]: 'c' }),
      'OPTION_INVALID',
      /did you mean/,
    ],
  ),
  ...['partition', 'targetByte', 'partitionedBy', 'contenttype'].map(
    (name): Case => [
      `datasetSink(client, { ${name} })`,
      () => call(datasetSink, client, { bucket: 'a', prefix: 'b', name: 'c', [name]: ['d'] }),
      'OPTION_INVALID',
      /did you mean/,
    ],
  ),
  [
    'listDataset(client, { were })',
    () => call(listDataset, client, { bucket: 'a', prefix: 'b', were: { dt: '2026' } }),
    'OPTION_INVALID',
    /did you mean where\?/,
  ],
  ["s3Source(client, 's3://a/b')", () => call(s3Source, client, 's3://a/b'), 'TYPE_MISMATCH', /not a string/],
  [
    's3Source(client, { Bucket })',
    () => call(s3Source, client, { Bucket: 'a', Key: 'b' }),
    'OPTION_INVALID',
    /bucket must be/,
  ],
  [
    's3Source(.., { timeout })',
    () => call(s3Source, client, { bucket: 'a', key: 'b' }, { stalMs: 1 }),
    'OPTION_INVALID',
    /did you mean stallMs\?/,
  ],
  [
    's3Source(.., { stallMs: Infinity })',
    () => call(s3Source, client, { bucket: 'a', key: 'b' }, { stallMs: Infinity }),
    'OPTION_INVALID',
    /stallMs/,
  ],
  [
    "outputKey(key, 'landing', 'processed')",
    () => call(outputKey, 'landing/a', 'landing', 'processed'),
    'TYPE_MISMATCH',
    /outputKey\(key, \{/,
  ],
  [
    'outputKey(key, { from })',
    () => call(outputKey, 'landing/a', { from: 'landing' }),
    'OPTION_INVALID',
    /to must be a string, not undefined/,
  ],
  [
    'outputKey(ref, ..)',
    () => call(outputKey, { key: 'a' }, { from: '', to: '' }),
    'TYPE_MISMATCH',
    /key must be a string/,
  ],
  [
    'retry(f, { retries: 1 })',
    () => call(retry, () => {}, { retries: 1 }),
    'OPTION_INVALID',
    /no option "retries"; it has attempts, baseMs/,
  ],
  ['retry(f, 3)', () => call(retry, () => {}, 3), 'OPTION_INVALID', /not a number/],
  [
    'retry(promise)',
    () => call(retry, Promise.resolve()),
    'TYPE_MISMATCH',
    /the work must be a function, not a Promise/,
  ],
  [
    'retry(f, { signal: controller })',
    () => call(retry, () => {}, { signal: new AbortController() }),
    'OPTION_INVALID',
    /an AbortSignal, not an AbortController/,
  ],
  [
    'deadline(context, 1000)',
    () => call(deadline, { getRemainingTimeInMillis: () => 1 }, 1000),
    'OPTION_INVALID',
    /reserveMs: 1000/,
  ],
  ['deadline()', () => call(deadline), 'OPTION_INVALID', /context/],
  ...[codecs.parquet, codecs.decodeParquet].flatMap((entry): Case[] => {
    const given = (options: unknown) => () =>
      entry === codecs.parquet ? call(entry, options) : call(entry, new Uint8Array(), options)
    const named = (options: string) => `${entry.name}(${options})`
    return [
      [
        named('{ filter: { id: { equals } } }'),
        given({ filter: { id: { equals: 1 } } }),
        'OPTION_INVALID',
        /filter: there is no option "equals"; it has eq, in/,
      ],
      [
        named('{ filter: { id: 1 } }'),
        given({ filter: { id: 1 } }),
        'OPTION_INVALID',
        /filter: options must be an object, not a number/,
      ],
      [
        named('{ filter: { id: { in: 1 } } }'),
        given({ filter: { id: { in: 1 } } }),
        'OPTION_INVALID',
        /in must be an array, not a number/,
      ],
      [named("{ int96: 'ms' }"), given({ int96: 'ms' }), 'OPTION_INVALID', /int96: must be one of ns, us/],
      [
        named("{ dictionary: 'kept' }"),
        given({ dictionary: 'kept' }),
        'OPTION_INVALID',
        /dictionary: must be one of decode, keep/,
      ],
    ]
  }),
  ...[codecs.csv, codecs.json, codecs.ndjson, codecs.parquet].flatMap((entry) =>
    [Number.NaN, -1].map(
      (limit): Case => [
        `${entry.name}({ limits: { maxFieldBytes: ${limit} } })`,
        () => call(entry, { limits: { maxFieldBytes: limit } }),
        'OPTION_INVALID',
        /limits: maxFieldBytes must be a number, 0 or more/,
      ],
    ),
  ),
  ...[codecs.json, codecs.ndjson].map(
    (entry): Case => [
      `${entry.name}({ nonFinite: 'nul' })`,
      () => call(entry, { nonFinite: 'nul' }),
      'OPTION_INVALID',
      /nonFinite: must be one of error, null/,
    ],
  ),
  [
    "encodeJson(.., { nonFinite: 'nul' })",
    () => call(codecs.encodeJson, table, { nonFinite: 'nul' }),
    'OPTION_INVALID',
    /nonFinite/,
  ],
]

describe('arguments that no entry takes', () => {
  test.each(CASES)('%s', async (_, run, code, message) => {
    const failure = await (async () => run())().then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) })
  })
})

test('a target may carry the fields of the object that it was made of', () => {
  const object = { rawKey: 'b', size: 1, eTag: '"c"', versionId: 'd', sequencer: 'e', eventName: 'f', region: 'g' }
  const further = { ...object, eventTime: new Date(0), recordId: 'h', partition: {}, rows: 1, bytes: 2 }
  expect(s3Sink(js(client), { ...further, bucket: 'a', key: 'b' })).toBeInstanceOf(Function)
  const { partition: _, ...others } = further
  expect(datasetSink(js(client), { ...others, bucket: 'a', prefix: 'b', name: 'c' })).toBeInstanceOf(Function)
  expect(listDataset(js(client), { ...further, bucket: 'a', prefix: 'b' })).toBeDefined()
})

describe('stages in the wrong place', () => {
  const batches = () => Readable.from([batch])
  const sink = s3Sink(js(client), { bucket: 'a', key: 'b' })

  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a factory that was not called',
      () => call(pipeline, batches, cleanColumnNames, sink) as Promise<unknown>,
      /cleanColumnNames: options must be/,
    ],
    [
      'a forgotten write()',
      () => call(pipeline, batches(), dropDuplicates(), sink) as Promise<unknown>,
      /parquet\(\)\.write\(\)/,
    ],
    [
      'bytes before a transform',
      () => call(pipeline, [new Uint8Array(1)], dropDuplicates(), sink) as Promise<unknown>,
      /a batch must be an Arrow record batch, not a Uint8Array/,
    ],
    [
      'a table for its batches',
      () => call(pipeline, table, dropDuplicates(), sink) as Promise<unknown>,
      /table\.batches/,
    ],
    ['a transform at the head', () => call(pipeline, dropDuplicates(), sink) as Promise<unknown>, /the source must be/],
  ])('%s is a typed error', async (_, run, message) => {
    await expect((async () => run())()).rejects.toMatchObject({
      code: expect.stringMatching(/TYPE_MISMATCH|OPTION_INVALID/),
      message: expect.stringMatching(message),
    })
  })

  test('a table of another copy of Arrow, and arrays of batches, are taken', async () => {
    const foreign = { schema: table.schema, batches: table.batches }
    expect([...rowsFromTable(js<Table>(foreign))]).toEqual([{ id: 1, name: 'a' }])
    const out: unknown[] = []
    for await (const one of dropDuplicates()(js([batch]))) out.push(...rowsFromTable(new Table([one])))
    expect(out).toEqual([{ id: 1, name: 'a' }])
  })
})

describe('bytes are read whoever holds them', () => {
  const text = 'id\n1\n'
  const bytes = new TextEncoder().encode(text)
  const holders: readonly (readonly [string, () => unknown])[] = [
    ['an ArrayBuffer', () => bytes.slice().buffer],
    ['a DataView', () => new DataView(bytes.slice().buffer)],
    ['a Blob', () => new Blob([text])],
    ['a Response', () => new Response(text)],
    ["GetObject's answer", () => ({ Body: Readable.from([bytes]), ContentLength: bytes.length })],
    ['a web stream', () => new Blob([text]).stream()],
  ]

  test.each(holders)('%s, by a codec, also under gzip', async (_, holder) => {
    const rows: unknown[] = []
    for await (const one of codecs.csv().read(js(holder()))) rows.push(...rowsFromTable(new Table([one])))
    for await (const one of codecs.codecFor('a.csv', { compression: 'auto' }).read(js(holder())))
      rows.push(...rowsFromTable(new Table([one])))
    expect(rows).toEqual([{ id: 1n }, { id: 1n }])
  })

  test('views and buffers by whole-table functions, and every holder by decodeParquet', async () => {
    expect([...rowsFromTable(codecs.decodeCsv(bytes.slice().buffer))]).toEqual([{ id: 1n }])
    const file = await codecs.encodeParquet(table)
    for (const holder of [
      file.slice().buffer,
      new Blob([js(file)]),
      new Response(js(file)),
      { Body: Readable.from([file]) },
    ])
      expect([...rowsFromTable(await codecs.decodeParquet(js(holder)))]).toEqual([{ id: 1, name: 'a' }])
    expect(() => codecs.decodeCsv(js(new Blob([text])))).toThrow(/await it\.arrayBuffer\(\)/)
    expect(() => codecs.decodeCsv(js({ Body: Readable.from([bytes]) }))).toThrow(/transformToByteArray/)
  })
})

test('a schema given as payload is wrapped by jsonPayload', async () => {
  const event = { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: '{"id":1}' }] }
  const schema = z.object({ id: z.number() })
  expect(readRecords(event, schema)).toMatchObject([{ payload: { ok: true, value: { id: 1 } } }])
  for (const around of [gunzipPayload, kplPayload, linesPayload, envelopePayload])
    expect(readRecords(event, around(schema))).toMatchObject([{ payload: { ok: true, value: { id: 1 } } }])
  const ids: number[] = []
  await processBatch(event, async ({ id }) => void ids.push(id), { payload: schema })
  expect(ids).toEqual([1])
  expect(() => call(readRecords, event, jsonPayload)).toThrow(
    /not the function jsonPayload; write jsonPayload\(schema\)/,
  )
})
