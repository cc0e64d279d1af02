import { gzipSync, zstdCompressSync } from 'node:zlib'
import { Field, Int64, Schema, Table } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { csvSettings } from '../../src/codecs/csv/csv-options.ts'
import { encodeParquet } from '../../src/codecs/parquet/parquet.ts'
import { columnTypeName } from '../../src/columns/column-type.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { concurrently } from '../../src/fanout/concurrently.ts'
import { csvBoundary } from '../../src/fanout/csv-boundary.ts'
import type { Split } from '../../src/fanout/gather/split.ts'
import { verifySplits } from '../../src/fanout/gather/verify-splits.ts'
import { ndjsonBoundary } from '../../src/fanout/ndjson-boundary.ts'
import { objectFormat } from '../../src/fanout/object-format.ts'
import { planSplits } from '../../src/fanout/plan-splits.ts'
import { readSplit } from '../../src/fanout/read-split.ts'
import { textParts } from '../../src/fanout/text-parts.ts'
import { channels, type SplitMessage } from '../../src/internal/channels.ts'
import { memoryBucket } from './support/memory-bucket.ts'

const code = (name: string, message?: RegExp) =>
  expect.objectContaining({ code: name, ...(message && { message: expect.stringMatching(message) }) })
const at = (...keys: string[]) => keys.map((key) => ({ bucket: 'lake', key }))
const lines = (count: number): string => Array.from({ length: count }, (_, id) => `${id},name ${id}\n`).join('')

/** A bucket that keeps what it was asked. */
function watched(objects: Readonly<Record<string, Uint8Array | string>>) {
  const { client } = memoryBucket(
    Object.fromEntries(Object.entries(objects).map(([key, bytes]) => [key, Buffer.from(bytes)])),
  )
  const sent: {
    readonly name: string
    readonly input: Record<string, unknown>
    readonly abortSignal: AbortSignal | undefined
  }[] = []
  const send = (command: never, options: { readonly abortSignal?: AbortSignal } = {}) => {
    const { input } = command as { input: Record<string, unknown> }
    const name = (command as object).constructor.name.replace('Command', '')
    sent.push({ name, input, abortSignal: options.abortSignal })
    return (client as { send(command: never): Promise<never> }).send(command)
  }
  return { client: { send } as never, sent }
}

async function rowsOf(client: never, split: Split | undefined, codec = {}): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const batch of readSplit(client, split as Split, { codec }))
    rows.push(...rowsFromTable(new Table([batch])))
  return rows
}

describe('objects', () => {
  test('are asked for by version and signal, and pinned to both', async () => {
    const { client, sent } = watched({ 'a.csv': 'id\n1\n' })
    const { signal } = new AbortController()
    const { splits } = await planSplits(client, [{ bucket: 'b', key: 'a.csv', versionId: 'v' }], { signal })
    expect(splits[0]).toMatchObject({ versionId: 'v', eTag: expect.stringMatching(/^[0-9a-f]{32}$/) })
    expect(sent[0]).toMatchObject({ name: 'HeadObject', input: { Bucket: 'b', Key: 'a.csv', VersionId: 'v' } })
    expect(sent[0]?.abortSignal).toBe(signal)
    expect(sent[1]).toMatchObject({ name: 'GetObject', input: { VersionId: 'v', IfMatch: `"${splits[0]?.eTag}"` } })
    sent.length = 0
    expect(await rowsOf(client, splits[0])).toEqual([{ id: 1n }])
    expect(sent[0]).toMatchObject({ name: 'GetObject', input: { VersionId: 'v', IfMatch: `"${splits[0]?.eTag}"` } })
    sent.length = 0
    const plain = await planSplits(client, at('a.csv'))
    expect(plain.splits[0]).not.toHaveProperty('versionId')
    await rowsOf(client, plain.splits[0])
    for (const { input } of sent) expect({ VersionId: undefined, ...input }.VersionId).toBe(undefined)
    expect(sent[0]?.abortSignal).toBe(undefined)
  })

  test('are the ones that their ETags name, with or without quotes', async () => {
    const { client } = watched({ 'a.csv': 'id\n1\n' })
    const [{ eTag } = { eTag: '' }] = (await planSplits(client, at('a.csv'))).splits
    for (const given of [eTag, `"${eTag}"`]) {
      expect((await planSplits(client, [{ bucket: 'b', key: 'a.csv', eTag: given }])).splits[0]?.eTag).toBe(eTag)
    }
    await expect(planSplits(client, [{ bucket: 'b', key: 'a.csv', eTag: 'other' }])).rejects.toThrow(
      code('SOURCE_CHANGED'),
    )
    const bare = (answer: object) => ({ send: async () => answer }) as never
    for (const answer of [{ ContentLength: 3 }, { ETag: '"e"' }, { ETag: '""', ContentLength: 3 }]) {
      await expect(planSplits(bare(answer), at('a.csv'))).rejects.toThrow(
        code('SOURCE_UNAVAILABLE', /no ETag or no size/),
      )
    }
  })

  test('and options are named in messages', async () => {
    const { client } = watched({})
    const plan = (objects: unknown, options: unknown = {}) => planSplits(client, objects as never, options as never)
    await expect(planSplits(null as never, [])).rejects.toThrow(/^planSplits: .*client/)
    for (const objects of [null, undefined, 'text', 7, {}])
      await expect(plan(objects)).rejects.toThrow(/^planSplits: objects must be an iterable/)
    await expect(plan([{ bucket: 'b' }])).rejects.toThrow(/^planSplits: .*key/)
    await expect(plan([], { targetBytes: 0 })).rejects.toThrow(/^targetBytes/)
    await expect(plan([], { maxSplits: 0 })).rejects.toThrow(/^maxSplits/)
    await expect(plan([], { probeBytes: 1 })).rejects.toThrow(/^probeBytes/)
    await expect(plan([], { tagetBytes: 1 })).rejects.toThrow(/^planSplits: .*did you mean targetBytes/)
    await expect(plan(at('gone.csv'))).rejects.toThrow(code('SOURCE_UNAVAILABLE', /no such object/))
    expect(() => readSplit(null as never, {} as never)).toThrow(/^readSplit: .*client/)
    expect(() => readSplit(client, null as never)).toThrow(/^readSplit: split/)
    expect(() => readSplit(client, {} as never, { codex: 1 } as never)).toThrow(/^readSplit: /)
  })

  test('of one version each: a type of a pinned column is part of the plan', async () => {
    const { client } = watched({ 'a.csv': 'id\n1\n' })
    const idOf = async (codec: object) => (await planSplits(client, at('a.csv'), { codec })).id
    const ids = await Promise.all(
      [{}, { schema: { id: 'int64' } }, { schema: { id: 'float64' } }, { delimiter: ';' }].map(idOf),
    )
    expect(new Set(ids).size).toBe(4)
    const pinned = (nullable: boolean) => ({ schema: new Schema([new Field('id', new Int64(), nullable)]) })
    expect(await idOf(pinned(true))).not.toBe(await idOf(pinned(false)))
  })
})

describe('the sizes of splits', () => {
  test('grow until there are no more than maxSplits, and no further', async () => {
    const { client } = watched({ 'a.csv': `id,name\n${lines(300)}` })
    const count = async (maxSplits: number) =>
      (await planSplits(client, at('a.csv'), { targetBytes: 100, maxSplits })).splits.length
    const all = await count(10_000)
    expect(all).toBeGreaterThan(20)
    for (const most of [1, 2, 5, 20]) {
      const splits = await count(most)
      expect(splits).toBeLessThanOrEqual(most)
      expect(splits).toBeGreaterThan(most / 2)
    }
    const size = 8 + lines(300).length
    const exact = Math.ceil(size / 100)
    expect(await count(exact)).toBe(all)
    const plan = (options: object) => planSplits(client, at('a.csv'), { targetBytes: 100, ...options })
    expect(await plan({ maxSplits: exact })).toEqual(await plan({}))
  })

  test('row groups are divided at the target, and the bytes of all parts are the object', async () => {
    const table = tableFromRows(Array.from({ length: 60 }, (_, id) => ({ id: BigInt(id), name: `name ${id * 7919}` })))
    const { client } = watched({ 'a.parquet': await encodeParquet(table, { rowGroupRows: 10 }) })
    const { splits } = await planSplits(client, at('a.parquet'), { targetBytes: 300 })
    expect(splits.length).toBeGreaterThan(1)
    expect(splits.length).toBeLessThan(6)
    for (const [index, { start, end, rowGroups = [0, 0] }] of splits.entries()) {
      const before = splits[index - 1]
      expect([start, rowGroups[0]]).toEqual([before?.end ?? 0, before?.rowGroups?.[1] ?? 0])
      expect(end).toBeGreaterThan(start)
    }
    expect(splits.at(-1)).toMatchObject({ end: splits[0]?.size, rowGroups: [expect.any(Number), 6] })
    const rows: unknown[] = []
    for (const split of splits) rows.push(...(await rowsOf(client, split)))
    expect(rows).toEqual([...rowsFromTable(table)])
    const empty = watched({ 'e.parquet': await encodeParquet(table.slice(0, 0)) })
    const plan = await planSplits(empty.client, at('e.parquet'))
    expect(plan.splits).toMatchObject([{ start: 0, end: plan.bytes, rowGroups: [0, 1] }])
    expect(await rowsOf(empty.client, plan.splits[0])).toEqual([])
  })
})

describe('formats', () => {
  const csv = 'id,name\n1,a\n2,b\n'
  const tsv = csv.replaceAll(',', '\t')
  const ndjson = '{"id":1,"name":"a"}\n{"id":2,"name":"b"}\n'
  const json = '[{"id":1,"name":"a"},{"id":2,"name":"b"}]'
  const rows = [
    { id: 1n, name: 'a' },
    { id: 2n, name: 'b' },
  ]

  test.each<[string, string | Uint8Array, object, object]>([
    ['a.csv', csv, {}, { format: 'csv', header: ['id', 'name'] }],
    ['a.CSV', csv, {}, { format: 'csv' }],
    ['a.tsv', tsv, {}, { format: 'tsv', header: ['id', 'name'] }],
    ['a.tsv.gz', gzipSync(tsv), {}, { format: 'tsv', compression: 'gzip' }],
    ['a.csv.gzip', gzipSync(csv), {}, { format: 'csv', compression: 'gzip' }],
    ['a.csv.zst', zstdCompressSync(csv), {}, { format: 'csv', compression: 'zstd' }],
    ['a.dat', tsv, { format: 'tsv' }, { format: 'tsv' }],
    ['a.csv', tsv, { format: 'tsv' }, { format: 'tsv' }],
    ['a.tsv', csv, { format: 'csv' }, { format: 'csv' }],
    ['a.ndjson', ndjson, {}, { format: 'ndjson' }],
    ['a.json', json, {}, { format: 'json' }],
    [
      'a.json',
      ndjson,
      {},
      {
        format: 'json',
        schema: [
          ['id', 'int64'],
          ['name', 'string'],
        ],
      },
    ],
    ['a.json.gz', gzipSync(json), {}, { format: 'json', compression: 'gzip' }],
    ['a.ndjson.gz', gzipSync(ndjson), {}, { format: 'ndjson', compression: 'gzip' }],
    ['a.csv.gz', csv, { compression: 'none' }, { format: 'csv' }],
    ['a.csv', gzipSync(csv), { compression: 'gzip' }, { format: 'csv', compression: 'gzip' }],
    ['a.csv', gzipSync(csv), { compression: 'auto' }, { format: 'csv', compression: 'auto' }],
    ['a.csv', csv, { compression: 'auto' }, { format: 'csv', compression: 'auto' }],
    ['a.csv', csv, { compression: 'snappy' }, { format: 'csv' }],
    ['a.csv.gz', gzipSync(csv), { compression: 'snappy' }, { format: 'csv', compression: 'gzip' }],
  ])('%s is read by its split, with %#', async (key, bytes, codec, expected) => {
    const { client } = watched({ [key]: bytes })
    const { splits } = await planSplits(client, at(key), { codec })
    expect(splits).toMatchObject([{ ...expected, start: 0, index: 0, of: 1 }])
    if (!('compression' in expected)) expect(splits[0]).not.toHaveProperty('compression')
    expect(await rowsOf(client, splits[0], codec)).toEqual(rows)
  })

  test.each([
    ['a.parquet', {}, { format: 'parquet' }],
    ['a.parquet.gz', {}, { format: 'parquet', compression: 'gzip' }],
    ['a.parquet', { compression: 'snappy' }, { format: 'parquet' }],
    ['a.parquet', { compression: 'gzip' }, { format: 'parquet' }],
    ['a.csv', { compression: 'none' }, { format: 'csv' }],
  ])('objectFormat of %s with %o', (key, options, expected) => {
    expect(objectFormat(key, options as never)).toEqual({ compression: undefined, ...expected })
  })

  test('Parquet that is compressed is one split', async () => {
    const bytes = gzipSync(await encodeParquet(tableFromRows(rows)))
    const { client } = watched({ 'a.parquet.gz': bytes })
    const { splits } = await planSplits(client, at('a.parquet.gz'))
    expect(splits).toMatchObject([{ start: 0, end: bytes.length, compression: 'gzip' }])
    expect(splits[0]).not.toHaveProperty('rowGroups')
    expect(await rowsOf(client, splits[0])).toEqual(rows)
  })

  test('an empty object is one split without rows, and so is one of blanks', async () => {
    const { client } = watched({ 'a.csv': '', 'a.ndjson': '', 'b.ndjson': '\n \r\n\t' })
    for (const key of ['a.csv', 'a.ndjson', 'b.ndjson'])
      expect((await planSplits(client, at(key))).splits).toMatchObject([{ start: 0 }])
    const { splits } = await planSplits(client, at('a.ndjson'))
    expect(splits[0]).not.toHaveProperty('schema')
    await expect(rowsOf(client, splits[0])).rejects.toThrow(code('JSON_INVALID'))
  })

  test.each(['\ufeff', ' \r\n\t', '\ufeff  '])('NDJSON behind %j is NDJSON', async (before) => {
    const { client } = watched({ 'a.ndjson': before + ndjson })
    const { splits } = await planSplits(client, at('a.ndjson'))
    expect(splits[0]?.schema).toEqual([
      ['id', 'int64'],
      ['name', 'string'],
    ])
    expect(await rowsOf(client, splits[0])).toEqual(rows)
  })

  test('the schema of NDJSON says the types of its columns, as reading finds them', async () => {
    const row = {
      id: 1,
      n: 1.5,
      ok: true,
      at: '2026-01-02T03:04:05Z',
      day: '2026-01-02',
      text: 'x',
      mixed: 1,
      none: null,
    }
    const { client } = watched({ 'a.ndjson': `${JSON.stringify(row)}\n${JSON.stringify({ ...row, mixed: 'x' })}\n` })
    const { splits } = await planSplits(client, at('a.ndjson'))
    const types = {
      id: 'int64',
      n: 'float64',
      ok: 'bool',
      at: 'timestamp',
      day: 'date',
      text: 'string',
      mixed: 'string',
    }
    expect(Object.fromEntries(splits[0]?.schema ?? [])).toMatchObject(types)
    for await (const { schema } of readSplit(client, splits[0] as Split)) {
      expect(splits[0]?.schema).toEqual(schema.fields.map(({ name, type }) => [name, columnTypeName(type)]))
    }
  })

  test('a delimiter that the file names itself goes with the split', async () => {
    const { client } = watched({ 'a.csv': `sep=;\n${csv.replaceAll(',', ';')}${'3;c\n'.repeat(100)}` })
    const { splits } = await planSplits(client, at('a.csv'), { targetBytes: 100 })
    expect(splits.length).toBeGreaterThan(2)
    expect(splits.every(({ delimiter }) => delimiter === ';')).toBe(true)
    expect(await rowsOf(client, splits[1])).toContainEqual({ id: 3n, name: 'c' })
  })
})

test('reading a split of TSV is an operation of reading CSV', async () => {
  const { client } = watched({ 'a.tsv': 'id\tname\n1\ta\n', 'a.ndjson': '{"id":1}\n' })
  const formats: string[] = []
  const subscriber = { start: ({ format }: { format: string }) => void formats.push(format) } as never
  const { splits } = await planSplits(client, at('a.tsv', 'a.ndjson'))
  channels.read.subscribe(subscriber)
  try {
    for (const split of splits) await rowsOf(client, split)
  } finally {
    channels.read.unsubscribe(subscriber)
  }
  expect(formats).toEqual(['csv', 'ndjson'])
})

test('an operation of the channel is that of the split, with its rows and bytes', async () => {
  const { client } = watched({ 'a.csv': `id,name\n${lines(100).replace('50,name 50', '50,name,50')}` })
  const { splits } = await planSplits(client, at('a.csv'), { targetBytes: 400 })
  const starts: SplitMessage[] = []
  const ends: SplitMessage[] = []
  const subscriber = {
    start: (message: SplitMessage) => void starts.push({ ...message }),
    asyncEnd: (message: SplitMessage) => void ends.push({ ...message }),
  } as never
  channels.split.subscribe(subscriber)
  try {
    for (const split of splits) await rowsOf(client, split, { onInvalidRow: () => {} })
    await expect(rowsOf(client, splits.find(({ start }) => start > 0) as Split, { delimiter: '\t' })).rejects.toThrow()
  } finally {
    channels.split.unsubscribe(subscriber)
  }
  const of = splits.length
  expect(starts.slice(0, of)).toEqual(splits.map(({ index }) => ({ index, of, rows: 0, refused: 0, bytes: 0 })))
  expect(ends.slice(0, of).map(({ bytes }) => bytes)).toEqual(splits.map(({ start, end }) => end - start))
  expect(ends.slice(0, of).reduce((sum, { rows }) => sum + rows, 0)).toBe(99)
  expect(ends.slice(0, of).reduce((sum, { refused }) => sum + refused, 0)).toBe(1)
  expect(ends.at(-1)).toMatchObject({ bytes: 0, code: expect.any(String) })
})

describe('verifySplits', () => {
  test('names what is no plan, no list and no report', () => {
    const plan = { id: 'p', splits: [], objects: 0, bytes: 0 }
    for (const bad of [null, undefined, 'text', {}, { splits: {} }]) {
      expect(() => verifySplits(bad as never, [])).toThrow(/^verifySplits: plan must be/)
    }
    for (const bad of [null, undefined, 'text', {}]) {
      expect(() => verifySplits(plan, bad as never)).toThrow(/^verifySplits: reports must be/)
    }
    for (const bad of [null, undefined, 'text', 7]) {
      expect(() => verifySplits(plan, [bad as never])).toThrow(/^verifySplits: a report must be/)
    }
  })
})

describe('boundaries', () => {
  test.each<[string, number | undefined, number | undefined]>([
    ['1}\n{"a":1}\n{"a":2}', 3, 11],
    ['1}\r\n{"a":1}', 4, 4],
    ['1} \t\r\n{"a":1}', 6, 6],
    ['1}\n{', 3, 3],
    ['1\n{"a":1}', undefined, undefined],
    ['1,\n{"a":1}', undefined, undefined],
    ['1}\n"a":1}', undefined, undefined],
    ['\n{"a":1}', undefined, undefined],
    [' \n{"a":1}', undefined, undefined],
    ['', undefined, undefined],
    ['{\n{}\n{}', 5, 5],
  ])('NDJSON: %j has one at %s, the last at %s', (text, first, last) => {
    expect(ndjsonBoundary(Buffer.from(text))).toEqual(first === undefined ? undefined : { at: first, sampleEnd: last })
  })

  test('of NDJSON: rows of under 64 KiB are surveyed', () => {
    const row = `{"a":"${'x'.repeat(990)}"}\n`
    const found = ndjsonBoundary(Buffer.from(row.repeat(200)))
    expect(found?.at).toBe(row.length)
    const surveyed = (found?.sampleEnd ?? 0) - row.length
    expect(surveyed).toBeGreaterThan(63 * 1024)
    expect(surveyed).toBeLessThan(64 * 1024)
  })

  const csv = (text: string, options: object = {}, isEnd = false, width = 2) =>
    csvBoundary(Buffer.from(text), isEnd, csvSettings(options), width)

  test.each<[string, number | undefined, number | undefined]>([
    ['x,y\n1,2\n3,4\n5', 4, 12],
    ['x\r\n1,2\r\n3', 3, 8],
    ['x\r1,2\r3', 2, 6],
    ['x\r\n', undefined, undefined],
    ['x\r\n1', 3, 3],
    ['x\r', undefined, undefined],
    ['x\n', undefined, undefined],
    ['xyz', undefined, undefined],
    ['', undefined, undefined],
  ])('CSV without quotes: %j has one at %s, the last at %s', (text, first, last) => {
    expect(csv(text)).toEqual(first === undefined ? undefined : { at: first, sampleEnd: last })
  })

  test('CSV with quotes: where all ways to read it agree', () => {
    // Outside of quotes, or the end of a quoted field: both see a row begin behind the second line.
    expect(csv('x,"y"\n1,"2"\n3,"4"\n5,"6"\n')?.at).toBe(6)
    expect(csv('a"\n1,"2"\n3,"4"\n5,"6"\n7')?.at).toBe(3)
    expect(csv('"a\n"b\n"c\n')).toBe(undefined)
    expect(csv('x,"y"\n1,"2"\n', { quote: false })?.at).toBe(6)
    expect(csv('x,"y\n1,2\n3,4\n5,6\n', {}, true)?.at).toBe(undefined)
    expect(csv("x,'y'\n1,'2'\n3,'4'\n5,'6'\n", { quote: "'" })?.at).toBe(6)
    expect(csv('x,"y\\""\n1,"2"\n3,"4"\n5,"6"\n', { escape: '\\' })?.at).toBe(8)
  })
})

test('textParts: no part is empty, none begins in the head, and each probe begins a byte before its aim', async () => {
  const text = Buffer.from(`header\n${'12345678\n'.repeat(20)}`)
  const reads: [number, number, boolean][] = []
  const source = {
    size: text.length,
    read: async (start: number, end: number) => {
      reads.push([start, end, end === text.length])
      return text.subarray(start, end)
    },
  }
  const object = { source, size: text.length, targetBytes: 20, probeBytes: 15 } as never
  const samples: string[] = []
  const ends: boolean[] = []
  const find = (probe: Uint8Array, isEnd: boolean) => {
    ends.push(isEnd)
    const lf = probe.indexOf(0x0a)
    return lf < 0 || lf + 1 === probe.length ? undefined : { at: lf + 1, sampleEnd: Math.min(lf + 3, probe.length) }
  }
  const parts = await textParts(object, 25, find, (rows) => samples.push(Buffer.from(rows).toString()))
  expect(parts[0]?.start).toBe(0)
  expect(parts.at(-1)?.end).toBe(text.length)
  for (const [index, { start, end }] of parts.entries()) {
    expect(end).toBeGreaterThan(start)
    if (index > 0) expect([start, text[start - 1], start > 25]).toEqual([parts[index - 1]?.end, 0x0a, true])
  }
  expect(samples).toEqual(parts.slice(1).map(({ start }) => text.subarray(start, start + 2).toString()))
  expect(reads.map(([start]) => start)).toEqual(
    [39, 59, 79, 99, 119, 139, 159, 179].filter((start) => start + 1 < text.length),
  )
  expect(ends).toEqual(reads.map(([, , isEnd]) => isEnd))
  expect(ends.at(-1)).toBe(true)
})

describe('concurrently', () => {
  test('does so many at once, keeps the order, and starts none after a failure', async () => {
    let [running, most] = [0, 0]
    const work = async (item: number) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return item * 2
    }
    expect(await concurrently([1, 2, 3, 4, 5], 2, work)).toEqual([2, 4, 6, 8, 10])
    expect(most).toBe(2)
    expect(await concurrently([], 2, work)).toEqual([])
    const started: number[] = []
    const failing = async (item: number) => {
      started.push(item)
      await new Promise((resolve) => setImmediate(resolve))
      if (item > 0) throw new Error('no')
    }
    await expect(concurrently([0, 1, 2, 3, 4, 5], 2, failing)).rejects.toThrow('no')
    expect(started).toEqual([0, 1, 2])
  })
})
