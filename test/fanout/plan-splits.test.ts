import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { encodeParquet } from '../../src/codecs/parquet/parquet.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { planSplits } from '../../src/fanout/plan-splits.ts'
import { memoryBucket } from './support/memory-bucket.ts'

const code = (name: string, message?: RegExp) =>
  expect.objectContaining({ code: name, ...(message && { message: expect.stringMatching(message) }) })
const at = (...keys: string[]) => keys.map((key) => ({ bucket: 'lake', key }))
const bytesOf = (text: string): Uint8Array => Buffer.from(text)

const rows = (count: number): string => Array.from({ length: count }, (_, id) => `${id},name ${id}\n`).join('')

describe('planSplits', () => {
  test('CSV: splits begin with rows, carry header, types and a check value, and follow from the objects alone', async () => {
    const { client } = memoryBucket({ 'a.csv': bytesOf(`id,name\n${rows(100)}`) })
    const plan = await planSplits(client, at('a.csv'), { targetBytes: 300 })
    expect(plan).toMatchObject({ objects: 1, bytes: 1088, splits: expect.anything() })
    expect(plan.splits[0]).toMatchObject({
      index: 0,
      of: plan.splits.length,
      start: 0,
      format: 'csv',
      header: ['id', 'name'],
      schema: [
        ['id', 'int64'],
        ['name', 'string'],
      ],
    })
    expect(plan.splits.map(({ end }) => end).slice(0, -1)).toEqual(plan.splits.slice(1).map(({ start }) => start))
    expect(plan.splits.at(-1)?.end).toBe(1088)
    expect(await planSplits(client, at('a.csv'), { targetBytes: 300 })).toEqual(plan)
    expect((await planSplits(client, at('a.csv'), { targetBytes: 301 })).id).not.toBe(plan.id)
    expect((await planSplits(client, at('a.csv'), { targetBytes: 300, codec: { nullValues: ['-'] } })).id).not.toBe(
      plan.id,
    )
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  })

  test('types come from all probes, and objects with the same columns have one schema', async () => {
    const wide = `id,v\n${rows(200).replaceAll('name ', '')}`
    const { client } = memoryBucket({
      'a.csv': bytesOf(`${wide}999,2.5\n`),
      'b.csv': bytesOf('id,v\n1,2\n'),
      'c.csv': bytesOf('id,w\n1,2\n'),
    })
    const { splits } = await planSplits(client, at('a.csv', 'b.csv', 'c.csv'), { targetBytes: 500 })
    expect(splits.filter(({ key }) => key !== 'c.csv').every(({ schema }) => schema?.[1]?.[1] === 'float64')).toBe(true)
    expect(splits.at(-1)?.schema).toEqual([
      ['id', 'int64'],
      ['w', 'int64'],
    ])
  })

  test('a value amid the rows of one probe decides the type of its column in all splits', async () => {
    const rows = '1,"x"\n'.repeat(360_000)
    const text = `id,v\n${rows}1,"y"\n2.5,"z"\n${rows}`
    const { client } = memoryBucket({ 'a.csv': bytesOf(text) })
    const targetBytes = Math.floor(text.length / 2) - 100
    const { splits } = await planSplits(client, at('a.csv'), { targetBytes })
    expect(splits.length).toBeGreaterThan(1)
    expect(splits.every(({ schema }) => schema?.[0]?.[1] === 'float64')).toBe(true)
  })

  test('names that look like integers, or as a prototype, keep their order and place', async () => {
    const { client } = memoryBucket({ 'a.csv': bytesOf('10,2,__proto__\n1,x,true\n') })
    const { splits } = await planSplits(client, at('a.csv'))
    expect(splits[0]?.schema).toEqual([
      ['10', 'int64'],
      ['2', 'string'],
      ['__proto__', 'bool'],
    ])
  })

  test('what cannot be divided is one split: gzip, a JSON array, marks of several bytes, UTF-16, lazy quotes, nested NDJSON', async () => {
    const text = `id,name\n${rows(100)}`
    const lines = Array.from({ length: 100 }, (_, id) => `{"id":${id},"tags":[1]}\n`).join('')
    const { client } = memoryBucket({
      'a.csv.gz': gzipSync(text),
      'a.json': bytesOf(`[${'{"id":1},'.repeat(99)}{"id":2}]`),
      'a.csv': bytesOf(text.replaceAll(',', '||')),
      'b.csv': Buffer.from(text, 'utf16le'),
      'c.csv': bytesOf(text),
      'a.ndjson': bytesOf(lines),
    })
    const count = async (key: string, codec = {}) =>
      (await planSplits(client, at(key), { targetBytes: 100, codec })).splits.length
    expect(await count('a.csv.gz')).toBe(1)
    expect(await count('a.json')).toBe(1)
    expect(await count('a.csv', { delimiter: '||' })).toBe(1)
    expect(await count('b.csv', { encoding: 'utf-16le' })).toBe(1)
    expect(await count('c.csv', { lazyQuotes: true })).toBe(1)
    expect(await count('a.ndjson')).toBe(1)
    expect(await count('a.ndjson', { schema: { tags: 'json' } })).toBeGreaterThan(5)
    expect(await count('c.csv')).toBeGreaterThan(5)
  })

  test('compressed CSV is one split with types from its head', async () => {
    const { client } = memoryBucket({ 'a.csv.gz': gzipSync(`id,name\n${rows(10)}`) })
    const { splits } = await planSplits(client, at('a.csv.gz'))
    expect(splits).toMatchObject([
      {
        compression: 'gzip',
        header: ['id', 'name'],
        schema: [
          ['id', 'int64'],
          ['name', 'string'],
        ],
      },
    ])
  })

  test('Parquet by row groups', async () => {
    const table = tableFromRows(Array.from({ length: 50 }, (_, id) => ({ id: BigInt(id) })))
    const { client } = memoryBucket({ 'a.parquet': await encodeParquet(table, { rowGroupRows: 10 }) })
    const { splits } = await planSplits(client, at('a.parquet'), { targetBytes: 1 })
    expect(splits.map(({ rowGroups }) => rowGroups)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ])
    expect((await planSplits(client, at('a.parquet'))).splits).toMatchObject([{ rowGroups: [0, 5], start: 0 }])
  })

  test('a boundary that quotes leave open within the probe is left out, and `whole` keeps an object in one split', async () => {
    const quoted = `a,b\n1,"${'line\n'.repeat(200)}"\n2,"x"\n`
    const { client } = memoryBucket({ 'a.csv': bytesOf(quoted) })
    const { splits } = await planSplits(client, at('a.csv'), { targetBytes: 300, probeBytes: 2000 })
    for (const { start } of splits.slice(1)) expect(quoted.slice(start, start + 3)).toBe('2,"')
    const one = await planSplits(client, at('a.csv'), { targetBytes: 300, whole: ({ key }) => key === 'a.csv' })
    expect(one.splits).toHaveLength(1)
  })

  test('at most maxSplits, by larger splits; never more objects than that', async () => {
    const { client } = memoryBucket({
      'a.csv': bytesOf(`id,name\n${rows(1000)}`),
      'b.csv': bytesOf(`id,name\n${rows(10)}`),
    })
    for (const maxSplits of [2, 3, 7]) {
      const { splits } = await planSplits(client, at('a.csv', 'b.csv'), { targetBytes: 100, maxSplits })
      expect(splits.length).toBeLessThanOrEqual(maxSplits)
      expect(splits.length).toBeGreaterThanOrEqual(Math.min(maxSplits, 5) - 1)
    }
    await expect(planSplits(client, at('a.csv', 'b.csv'), { maxSplits: 1 })).rejects.toThrow(
      code('LIMIT_EXCEEDED', /more than 1 objects/),
    )
  })

  test('10 GB in under 100 requests, whatever its rows', async () => {
    const size = 10 * 1024 ** 3
    const line = bytesOf('12345,some name or other,"quoted, text",2026-01-05\n')
    const block = Buffer.alloc(line.length * 40_000, line)
    let requests = 0
    const send = async (command: { readonly input: { readonly Range?: string } }): Promise<unknown> => {
      requests++
      if (command.constructor.name === 'HeadObjectCommand') return { ETag: '"e"', ContentLength: size }
      const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(command.input.Range ?? '') ?? []
      const [start, end] = [Number(from), Number(to) + 1]
      const offset = start % line.length
      const bytes = Buffer.from(block.subarray(offset, offset + end - start))
      if (start === 0)
        bytes.set(bytesOf('id,one,two,when___________________________________\n').subarray(0, line.length))
      return {
        ETag: '"e"',
        ContentLength: bytes.length,
        ContentRange: `bytes ${start}-${end - 1}/${size}`,
        Body: (async function* () {
          yield bytes
        })(),
      }
    }
    const { splits } = await planSplits({ send: send as never }, at('big.csv'))
    expect(splits).toHaveLength(80)
    expect(requests).toBeLessThan(100)
    for (const { start } of splits) expect(start % line.length).toBe(0)
  })

  test.each([
    [undefined, at('a.csv'), {}, 'TYPE_MISMATCH'],
    [{ send() {} }, undefined, {}, 'TYPE_MISMATCH'],
    [{ send() {} }, 'a.csv', {}, 'TYPE_MISMATCH'],
    [{ send() {} }, { bucket: 'b', key: 'k' }, {}, 'TYPE_MISMATCH'],
    [{ send() {} }, [{ bucket: 'b' }], {}, 'OPTION_INVALID'],
    [{ send() {} }, ['a.csv'], {}, 'TYPE_MISMATCH'],
    [{ send() {} }, at('a.csv'), { targetByte: 1 }, 'OPTION_INVALID'],
    [{ send() {} }, at('a.csv'), { targetBytes: 0 }, 'OPTION_INVALID'],
    [{ send() {} }, at('a.csv'), { probeBytes: 1 }, 'OPTION_INVALID'],
    [{ send() {} }, at('a.csv'), { maxSplits: 0.5 }, 'OPTION_INVALID'],
  ])('arguments that are wrong are refused: %#', async (client, objects, options, name) => {
    await expect(planSplits(client as never, objects as never, options as never)).rejects.toThrow(code(name))
  })

  test('an object that is missing, changed, of no known format, or no text: typed', async () => {
    const { client } = memoryBucket({
      'a.csv': bytesOf('id\n1\n'),
      'a.xyz': bytesOf('x'),
      'b.csv': gzipSync('id\n1\n'),
    })
    const denied = Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
    const closed = { send: () => Promise.reject(denied) } as never
    const failure: Error = await planSplits(closed, at('closed.csv')).catch((error) => error)
    expect(failure.message).toMatch(/^planSplits: an object cannot be read: (?!there is no)/)
    await expect(planSplits(client, at('nowhere.csv'))).rejects.toThrow(code('SOURCE_UNAVAILABLE', /no such object/))
    await expect(planSplits(client, [{ bucket: 'lake', key: 'a.csv', eTag: 'other' }])).rejects.toThrow(
      code('SOURCE_CHANGED'),
    )
    await expect(planSplits(client, at('a.xyz'))).rejects.toThrow(code('UNSUPPORTED_FORMAT'))
    await expect(planSplits(client, at('b.csv'))).rejects.toThrow(code('ENCODING_INVALID', /gzip/))
    await expect(planSplits(client, at('a.csv'), { codec: { schema: { nope: 'int64' } } })).rejects.toThrow(
      code('COLUMN_UNKNOWN'),
    )
  })

  test('a split over 200 KiB of JSON is refused', async () => {
    const names = Array.from({ length: 5000 }, (_, column) => `a rather long name of column ${column}`)
    const { client } = memoryBucket({ 'a.csv': bytesOf(`${names.join()}\n${names.map(() => 1).join()}\n`) })
    await expect(planSplits(client, at('a.csv'))).rejects.toThrow(code('LIMIT_EXCEEDED', /5000 columns/))
  })

  test('an aborted signal ends planning with its reason', async () => {
    const { client } = memoryBucket({ 'a.csv': bytesOf('id\n1\n') })
    await expect(planSplits(client, at('a.csv'), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    )
  })

  test('an empty file is one split', async () => {
    const { client } = memoryBucket({ 'a.csv': bytesOf(''), 'a.ndjson': bytesOf('') })
    expect((await planSplits(client, at('a.csv', 'a.ndjson'))).splits).toMatchObject([
      { start: 0, end: 0 },
      { start: 0, end: 0 },
    ])
  })
})
