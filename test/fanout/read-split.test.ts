import { describe, expect, test } from 'vitest'
import type { CodecOptions } from '../../src/codecs/codec-for.ts'
import type { InvalidRow } from '../../src/codecs/invalid-row.ts'
import { type Split, type SplitReport, sealed } from '../../src/fanout/gather/split.ts'
import { verifySplits } from '../../src/fanout/gather/verify-splits.ts'
import { planSplits } from '../../src/fanout/plan-splits.ts'
import { readSplit } from '../../src/fanout/read-split.ts'
import { memoryBucket } from './support/memory-bucket.ts'

const code = (name: string, message?: RegExp) =>
  expect.objectContaining({ code: name, ...(message && { message: expect.stringMatching(message) }) })
const CSV = `id,name\n${Array.from({ length: 100 }, (_, id) => `${id},name ${id}\n`).join('')}`

async function planned(text = CSV, codec: CodecOptions = {}, targetBytes = 300, probeBytes = 1000) {
  const objects: Record<string, Uint8Array> = { 'a.csv': Buffer.from(text) }
  const { client } = memoryBucket(objects)
  return {
    client,
    objects,
    plan: await planSplits(client, [{ bucket: 'b', key: 'a.csv' }], { codec, targetBytes, probeBytes }),
  }
}

async function read(
  client: Parameters<typeof readSplit>[0],
  split: Split | undefined,
  codec: CodecOptions = {},
): Promise<SplitReport> {
  const batches = readSplit(client, split as Split, { codec })
  for await (const batch of batches) expect(batch.schema.fields.length).toBeGreaterThan(0)
  return batches.report
}

describe('readSplit', () => {
  test('reports rows and bytes, rejected rows, and nothing before the end', async () => {
    const { client, plan } = await planned(CSV.replace('50,name 50', '50,name,50'))
    const rejected: unknown[] = []
    const reports: SplitReport[] = []
    for (const split of plan.splits)
      reports.push(await read(client, split, { onInvalidRow: (row) => rejected.push(row) }))
    expect(rejected).toHaveLength(1)
    expect(verifySplits(plan, reports)).toEqual({ rows: 99, refused: 1, bytes: CSV.length })
    const batches = readSplit(client, plan.splits[0] as Split)
    expect(() => batches.report).toThrow(code('OPTION_INVALID', /after the last batch/))
    for await (const _ of batches) expect(() => batches.report).toThrow(code('OPTION_INVALID'))
    await expect(batches[Symbol.asyncIterator]().next()).rejects.toThrow(code('OPTION_INVALID', /iterated once/))
  })

  test('a value that does not fit is TYPE_MISMATCH in every split, not taken for a wrong end', async () => {
    const codec = { schema: { id: 'int32' } } as const
    const { client, plan } = await planned(CSV.replace('10,name', 'x,name').replace('95,name', 'y,name'), codec)
    const ends = await Promise.all(plan.splits.map((split) => read(client, split, codec).then(() => '', String)))
    expect(ends.filter((end) => end !== '')).toEqual(Array(2).fill(expect.stringMatching(/^TYPE_MISMATCH/)))
    expect(ends.at(-1)).toMatch(/^TYPE_MISMATCH/)
  })

  test('a split that was altered in any field is refused, one with its fields in another order is not', async () => {
    const { client, plan } = await planned()
    const split = plan.splits[1] as Split
    for (const change of [
      { start: 0 },
      { end: split.end - 1 },
      { index: 2 },
      { plan: 'x' },
      { eTag: 'x' },
      { header: ['id'] },
      { inference: [0, 0] },
      { check: '' },
      { more: 1 },
    ])
      expect(() => readSplit(client, { ...split, ...change } as Split)).toThrow(code('SPLIT_MISMATCH', /checksum/))
    const turned = Object.fromEntries(Object.entries(JSON.parse(JSON.stringify(split))).reverse()) as unknown as Split
    expect(await read(client, turned)).toMatchObject({ index: 1 })
  })

  test('a split that others have made, under the right check value, is refused at once where it is none', async () => {
    const { client, plan } = await planned()
    const { check: _, ...split } = plan.splits[1] as Split
    for (const change of [
      { schema: [null] },
      { inference: {} },
      { header: [1] },
      { format: 'x' },
      { start: 9, end: 3 },
    ])
      expect(() => readSplit(client, sealed({ ...split, ...change } as Split))).toThrow(
        code('SPLIT_MISMATCH', /as planSplits makes it/),
      )
  })

  test('a file of comments alone is CSV_INVALID, as it is read whole, however small its splits', async () => {
    const codec = { header: ['id'], comment: '#', schema: { id: 'string' } } as const
    const { client, plan } = await planned('# one\n'.repeat(100), codec, 20, 100)
    expect(plan.splits).toHaveLength(1)
    await expect(read(client, plan.splits[0], codec)).rejects.toThrow(code('CSV_INVALID', /no row/))
  })

  test('an object that changed is refused', async () => {
    const { client, objects, plan } = await planned()
    objects['a.csv'] = Buffer.from(`${CSV}1,x\n`)
    await expect(read(client, plan.splits[1])).rejects.toThrow(code('SOURCE_CHANGED'))
  })

  test('a boundary inside a quoted field of several probes fails the split before it, with and without onInvalidRow', async () => {
    const rows = Array.from({ length: 20 }, (_, id) => `${id},x\n`).join('')
    const { client, plan } = await planned(`id,name\n${rows}20,"${'not,a row\n'.repeat(300)}"\n${rows}`, {}, 500, 200)
    expect(plan.splits.length).toBeGreaterThan(2)
    for (const codec of [{}, { onInvalidRow: () => {} }]) {
      const ends = await Promise.allSettled(plan.splits.map((split) => read(client, split, codec)))
      const first = ends.find(({ status }) => status === 'rejected') as PromiseRejectedResult
      expect(first.reason).toEqual(code('SPLIT_MISMATCH', /ends inside quotes.*larger probeBytes.*whole/))
      const reports = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
      expect(() => verifySplits(plan, reports)).toThrow(code('SPLIT_MISMATCH', /has no report/))
    }
  })

  test('rows that begin with a BOM, sep= or PAR1 in a later split are rows, and a split of blank lines has none', async () => {
    const text = `id\n${'1\n'.repeat(20)}\ufeff\nsep=;\nPAR1\n${'\n'.repeat(40)}2\n`
    const codec = { schema: { id: 'string' } } as const
    const { client, plan } = await planned(text, codec, 1, 1000)
    let rows = 0
    for (const split of plan.splits) rows += (await read(client, split, codec)).rows
    expect(rows).toBe(24)
  })

  test('a file is judged by its first KiB, however few of these bytes its first split has', async () => {
    const rows = '1,x\n'.repeat(100)
    const nulled = `id,name\n1,${'\0'.repeat(30)}\n${rows}`
    const { client, plan } = await planned(nulled, {}, 1, 100)
    expect(plan.splits[0]?.end).toBeLessThan(60)
    let count = 0
    for (const split of plan.splits) count += (await read(client, split)).rows
    expect(count).toBe(101)
    await expect(planned(nulled.replace('1,', `1,${'\0'.repeat(200)}`), {}, 1, 100)).rejects.toThrow(
      code('ENCODING_INVALID', /holds NUL bytes/),
    )
  })

  test('a broken object of NDJSON has the same reason and line at the end of a split as in the file', async () => {
    const text = '{"id":1}\n{\n "id":\n{"id":2}\n{"id":3}\n'
    const { client } = memoryBucket({ 'a.ndjson': Buffer.from(text) })
    const { splits } = await planSplits(client, [{ bucket: 'b', key: 'a.ndjson' }], { targetBytes: 20, probeBytes: 20 })
    expect(splits.map(({ start }) => text.slice(start, start + 8))).toEqual(['{"id":1}', '{"id":3}'])
    const rejected: InvalidRow[] = []
    await read(client, splits[0], { onInvalidRow: (row) => rejected.push(row) })
    expect(rejected).toEqual([{ line: 2, row: 2, reason: 'a comma or } is expected', code: 'JSON_INVALID' }])
    await expect(read(client, splits[0])).rejects.toThrow(code('JSON_INVALID', /a comma or } is expected \(line 5/))
  })

  test('a pinned column that no row of NDJSON has is unknown where one split is the file, and null where it may be in another', async () => {
    const { client } = memoryBucket({ 'a.ndjson': Buffer.from('{"id":1}\n'.repeat(20)) })
    const codec = { schema: { id: 'int64', name: 'string' } } as const
    const plan = (targetBytes: number) => planSplits(client, [{ bucket: 'b', key: 'a.ndjson' }], { codec, targetBytes })
    const [all] = (await plan(1000)).splits
    await expect(read(client, all, codec)).rejects.toThrow(code('COLUMN_UNKNOWN'))
    const { splits } = await plan(50)
    expect(splits.length).toBeGreaterThan(1)
    expect((await read(client, splits[0], codec)).rows).toBeGreaterThan(0)
  })

  test('a delimiter that the file names goes with its splits', async () => {
    const { client, plan } = await planned(`sep=;\n${CSV.replaceAll(',', ';')}`)
    expect(plan.splits[1]).toMatchObject({ delimiter: ';', header: ['id', 'name'] })
    let rows = 0
    for (const split of plan.splits) rows += (await read(client, split)).rows
    expect(rows).toBe(100)
  })

  test('a value that does not fit its inferred type is not converted', async () => {
    const text = `id,v\n${'1,2\n'.repeat(50)}3,9007199254740993\n${'1,2.5\n'.repeat(50)}`
    const { client, plan } = await planned(text, {}, 100)
    const rejected: string[] = []
    for (const split of plan.splits) await read(client, split, { onInvalidRow: ({ reason }) => rejected.push(reason) })
    expect(plan.splits[0]?.schema?.[1]).toEqual(['v', 'string'])
    expect(rejected).toEqual([])
  })

  test('a signal ends reading with its reason', async () => {
    const { client, plan } = await planned()
    const batches = readSplit(client, plan.splits[0] as Split, { signal: AbortSignal.abort(new Error('enough')) })
    await expect(batches[Symbol.asyncIterator]().next()).rejects.toThrow('enough')
  })

  test.each([
    [undefined, {}, 'TYPE_MISMATCH'],
    [{ send() {} }, undefined, 'TYPE_MISMATCH'],
    [{ send() {} }, {}, 'OPTION_INVALID'],
  ])('arguments that are wrong are refused at once: %#', (client, split, name) => {
    expect(() => readSplit(client as never, split as never)).toThrow(code(name))
  })
})

test('names itself, and objects with one set of columns in any order have one set of types', async () => {
  const { client } = memoryBucket({ 'a.csv': Buffer.from('id,n\n1,x\n'), 'b.csv': Buffer.from('n,id\n2,1.5\n') })
  const plan = await planSplits(client, [
    { bucket: 'b', key: 'a.csv' },
    { bucket: 'b', key: 'b.csv' },
  ])
  expect(plan.splits.map(({ schema }) => schema)).toEqual([
    [
      ['id', 'float64'],
      ['n', 'string'],
    ],
    [
      ['n', 'string'],
      ['id', 'float64'],
    ],
  ])
  const [split] = plan.splits as [Split]
  expect(() => readSplit(client, split, { codecs: {} } as object)).toThrow(/^readSplit: there is no option "codecs"/)
})

test('an object without a value in a column leaves its type open for the whole set', async () => {
  const { client } = memoryBucket({ 'a.csv': Buffer.from('id,n\n1,\n'), 'b.csv': Buffer.from('id,n\n2,7\n') })
  const at = (key: string) => ({ bucket: 'b', key })
  const schemas = async (...keys: readonly string[]) =>
    (await planSplits(client, keys.map(at))).splits.map(({ schema }) => schema?.[1])
  expect(await schemas('a.csv', 'b.csv')).toEqual([
    ['n', 'int64'],
    ['n', 'int64'],
  ])
})

test('a compressed split inflates to what limits say, and no further', async () => {
  const { gzipSync } = await import('node:zlib')
  const { client } = memoryBucket({ 'a.csv.gz': gzipSync('id\n1\n2\n') })
  const plan = await planSplits(client, [{ bucket: 'b', key: 'a.csv.gz' }])
  expect(await read(client, plan.splits[0])).toMatchObject({ rows: 2 })
  await expect(read(client, plan.splits[0], { limits: { maxInflatedBytes: 3 } })).rejects.toThrow(
    code('LIMIT_EXCEEDED', /inflates to more than 3 bytes/),
  )
})
