import { gzipSync, zstdCompressSync } from 'node:zlib'
import { Table } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { codecFor } from '../../src/codecs/codec-for.ts'
import { bytesSource, type CodecInput } from '../../src/codecs/input/source.ts'
import { parquet } from '../../src/codecs/parquet/parquet.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { collect, stream } from '../support/streams.ts'

const rowsOf = async (input: CodecInput, key: string, options = {}) => [
  ...rowsFromTable(new Table(await collect(codecFor(key, options).read(input)))),
]

describe('codecFor', () => {
  test.each([
    ['landing/a.csv', 'csv', 'text/csv'],
    ['a.TSV', 'csv', 'text/csv'],
    ['.json', 'json', 'application/json'],
    ['a.b.jsonl', 'ndjson', 'application/x-ndjson'],
    ['a.ndjson.gz', 'ndjson', 'application/gzip'],
    ['a.CSV.ZST', 'csv', 'application/zstd'],
    ['a.parquet', 'parquet', 'application/vnd.apache.parquet'],
    ['a.parquet.gz', 'parquet', 'application/gzip'],
    ['a.txt', 'csv', 'text/csv'],
    ['a.txt.gzip', 'csv', 'application/gzip'],
    ['a.parq', 'parquet', 'application/vnd.apache.parquet'],
    ['a.PQ', 'parquet', 'application/vnd.apache.parquet'],
  ])('%s is %s', (key, name, contentType) => {
    expect(codecFor(key)).toMatchObject({ name, contentType })
  })

  test.each([
    '',
    'csv',
    'a',
    'a.gz',
    'a.gzip',
    'gzip',
    'a.constructor',
    'a.csv.gz.gz',
    'a.csv ',
    'a.csv/',
    'a.csv\n',
    'a.csvx',
    'a.json5',
  ])('%j is UNSUPPORTED_FORMAT', (key) => {
    expect(() => codecFor(key)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_FORMAT' }))
  })

  const text = '{"id":1}\n{"id":"x"}\n'
  test.each([
    ['a.ndjson.gz', gzipSync(text)],
    ['a.ndjson.zst', zstdCompressSync(text)],
  ])('%s can be read twice, as inference from all rows asks', async (key, bytes) => {
    const rows = [{ id: '1' }, { id: '"x"' }]
    expect(await rowsOf(bytes, key, { inferRows: Number.POSITIVE_INFINITY })).toEqual(rows)
    expect(await rowsOf(bytesSource(bytes), key, { inferRows: Number.POSITIVE_INFINITY })).toEqual(rows)
    await expect(rowsOf(stream([bytes]), key, { inferRows: Number.POSITIVE_INFINITY })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
  })
})

describe('codecFor: format and compression stand above the key', () => {
  const text = 'id\n1\n'
  const rows = [{ id: 1n }]

  test.each([
    ['part-0001', { format: 'csv' }, Buffer.from(text)],
    ['a.json', { format: 'tsv' }, Buffer.from(text)],
    ['part.gz', { format: 'csv' }, gzipSync(text)],
    ['part.gzip', { format: 'csv' }, gzipSync(text)],
    ['a.csv', { compression: 'gzip' }, gzipSync(text)],
    ['a.csv', { compression: 'zstd' }, zstdCompressSync(text)],
    ['a.csv.gz', { compression: 'none' }, Buffer.from(text)],
    ['a.csv.gz', { compression: 'snappy' }, gzipSync(text)],
    ['a.csv.gz', { compression: 'auto' }, Buffer.from(text)],
    ['a.csv', { compression: 'auto' }, gzipSync(text)],
    ['a.csv', { compression: 'auto' }, zstdCompressSync(text)],
    ['a.csv', { compression: 'auto' }, Buffer.from(text)],
    ['a', { format: 'ndjson', compression: 'auto' }, gzipSync('{"id":1}\n')],
  ] as const)('%s with %j', async (key, options, bytes) => {
    expect(await rowsOf(bytes, key, options)).toEqual(rows)
    expect(await rowsOf(stream([...bytes].map((byte) => Uint8Array.of(byte))), key, options)).toEqual(rows)
  })

  test('what is written is read back, and auto writes by the key', async () => {
    const table = new Table(await collect(codecFor('a.csv').read(Buffer.from(text))))
    for (const [key, compression, first] of [
      ['a.csv', 'gzip', 0x1f],
      ['a.csv.gz', 'none', 0x69],
      ['a.csv.gz', 'auto', 0x1f],
      ['a.csv', 'auto', 0x69],
    ] as const) {
      const codec = codecFor(key, { compression })
      const bytes = Buffer.concat(await collect(codec.write()(stream(table.batches))))
      expect([key, compression, bytes[0]]).toEqual([key, compression, first])
      expect(await rowsOf(bytes, key, { compression })).toEqual(rows)
    }
  })

  test('of Parquet, compression is that of its pages', async () => {
    const table = new Table(await collect(codecFor('a.csv').read(Buffer.from(text))))
    const bytes = Buffer.concat(
      await collect(codecFor('a', { format: 'parquet', compression: 'zstd' }).write()(stream(table.batches))),
    )
    expect(bytes.subarray(0, 4).toString()).toBe('PAR1')
    expect(await rowsOf(bytes, 'a.pq', { compression: 'auto' })).toEqual(rows)
  })

  test.each([{ format: 'xlsx' }, { compression: 'lzma' }])('%j is OPTION_INVALID', (options) => {
    expect(() => codecFor('a.csv', options as never)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  test.each(['gzip', 'zstd'] as const)('plain text named %s is told apart from a damaged file', async (compression) => {
    await expect(rowsOf(Buffer.from(text.repeat(20)), 'a.csv', { compression })).rejects.toMatchObject({
      code: 'ENCODING_INVALID',
      message: expect.stringContaining(`is not ${compression}`),
    })
  })
})

describe('what a codec reads', () => {
  test.each([null, undefined, 7, '{"id":1}', new Map(), [Buffer.from('{"id":1}')]])('is not %j', async (input) => {
    await expect(rowsOf(input as unknown as CodecInput, 'a.json')).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
  })

  test.each(['a.csv', 'a.json', 'a.ndjson', 'a.json.gz'])('%s: is bytes, not text', async (key) => {
    const chunks = stream(['{"id":1}\n']) as AsyncIterable<unknown> as AsyncIterable<Uint8Array>
    await expect(rowsOf(chunks, key)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
  })
})

describe('options of codecFor', () => {
  test.each<readonly [unknown, object | undefined, string, RegExp]>([
    [7, undefined, 'TYPE_MISMATCH', /^codecFor: key must be a string/],
    ['a.csv', { limits: 7 }, 'OPTION_INVALID', /^codecFor: limits must be an object/],
    ['a.csv', { limits: { maxRowBytes: '1' } }, 'OPTION_INVALID', /^codecFor: limits: maxRowBytes must be a number/],
    ['a.csv', { limits: { maxRows: 1 } }, 'OPTION_INVALID', /^codecFor: limits: there is no option "maxRows"/],
    [
      'a.csv',
      { limits: { maxDepth: -1 } },
      'OPTION_INVALID',
      /^codecFor: limits: maxDepth must be a number, 0 or more/,
    ],
    ['a.csv', { limits: { maxDepth: Number.NaN } }, 'OPTION_INVALID', /^codecFor: limits: maxDepth must be/],
    ['a.csv', { quot: '' }, 'OPTION_INVALID', /^codecFor: there is no option "quot"; did you mean quote\?/],
    ['a.csv', { format: 7 }, 'OPTION_INVALID', /^codecFor: format must be a string/],
    ['a.csv', { format: 'xls' }, 'OPTION_INVALID', /^format: must be one of csv, tsv, json, ndjson, parquet/],
    ['a.csv', { compression: 'xz' }, 'OPTION_INVALID', /^compression: must be one of gzip, zstd, none, auto, snappy/],
    ['a', {}, 'UNSUPPORTED_FORMAT', /^the key does not end in \.csv/],
  ])('%j with %j is %s', (key, options, code, message) => {
    expect(() => codecFor(key as string, options)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })

  test('are those of all formats, of which each codec takes its own; undefined counts as absent', async () => {
    const options = {
      delimiter: ';',
      rows: ['Records'],
      columns: ['id'],
      limits: { maxDepth: undefined, maxColumns: 0x7fff, maxRowBytes: Number.POSITIVE_INFINITY },
    } as object
    expect(await rowsOf(Buffer.from('id;b\n1;2\n'), 'a.csv', options)).toEqual([{ id: 1n, b: 2n }])
    expect(await rowsOf(Buffer.from('{"Records":[{"id":1}]}'), 'a.json', options)).toEqual([{ id: 1n }])
    const table = new Table(await collect(codecFor('a.csv').read(Buffer.from('id,b\n1,2\n'))))
    const bytes = Buffer.concat(await collect(codecFor('a.pq', options).write()(stream(table.batches))))
    expect(await rowsOf(bytes, 'a.pq', options)).toEqual([{ id: 1n }])
    expect(await rowsOf(Buffer.from('id\tb;c\n1\t2\n'), 'a.tsv', {})).toEqual([{ id: 1n, 'b;c': 2n }])
    expect(await rowsOf(Buffer.from('id;b\n1;2\n'), 'a.tsv', { delimiter: ';' })).toEqual([{ id: 1n, b: 2n }])
    await expect(rowsOf(Buffer.from('id\n1\n'), 'a.csv', { limits: { maxColumns: 0 } })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    })
  })

  test('write takes no options, and only batches', async () => {
    const codec = codecFor('a.csv.gz')
    const write = codec.write as (...given: readonly unknown[]) => ReturnType<typeof codec.write>
    expect(() => write({})).toThrow(/^csv\(\)\.write/)
    for (const batches of [stream([{ numRows: 1 }]), [1], 7])
      await expect(collect(codec.write()(batches as never))).rejects.toMatchObject({
        code: 'TYPE_MISMATCH',
        message: expect.stringMatching(/^csv\(\)\.write: /),
      })
    expect(() => codec.read(7 as never)).toThrow(/^csv\(\)\.read: the source must be/)
  })
})

describe('Parquet', () => {
  test('takes the compression of its pages from the options, and its own without or with auto', async () => {
    const table = tableFromRows(Array.from({ length: 500 }, (_, row) => ({ text: `the same text again, ${row}` })))
    const written = async (options: Parameters<typeof codecFor>[1]) =>
      Buffer.concat(await collect(codecFor('a.parquet', options).write()(stream(table.batches)))).toString('hex')
    const [none, gzip, auto, absent] = await Promise.all([
      written({ compression: 'none' }),
      written({ compression: 'gzip' }),
      written({ compression: 'auto' }),
      written({}),
    ])
    const direct = async (options: Parameters<typeof parquet>[0]) =>
      Buffer.concat(await collect(parquet(options).write()(stream(table.batches)))).toString('hex')
    expect([none, gzip, auto, absent]).toEqual([
      await direct({ compression: 'none' }),
      await direct({ compression: 'gzip' }),
      await direct({}),
      await direct({}),
    ])
    expect(new Set([none, gzip, auto]).size).toBe(3)
  })

  test('is read by range where nothing is around it', async () => {
    const table = tableFromRows([{ id: 1n }])
    const bytes = Buffer.concat(await collect(codecFor('a.parquet').write()(stream(table.batches))))
    const source = bytesSource(bytes)
    const stream_ = (): never => {
      throw new Error('streamed')
    }
    expect(await rowsOf({ ...source, stream: stream_ }, 'a.parquet')).toEqual([{ id: 1n }])
    expect(codecFor('a.csv', { compression: 'auto' }).contentType).toBe('text/csv')
    expect(codecFor('a.csv.gz', { compression: 'auto' }).contentType).toBe('application/gzip')
    expect(codecFor('a.csv.gz', { compression: 'none' }).contentType).toBe('text/csv')
  })
})

describe('a compressed file', () => {
  test('may inflate to 256 MiB as Parquet, and to what limits say', async () => {
    const read = (key: string, bytes: CodecInput, limits = {}) => rowsOf(bytes, key, { limits })
    const limit = { code: 'LIMIT_EXCEEDED', message: expect.stringContaining('inflates to more than') }
    const member = gzipSync(Buffer.alloc(1024 * 1024))
    const members = Buffer.concat(Array.from({ length: 257 }, () => member))
    await expect(read('a.pq.gz', members)).rejects.toMatchObject(limit)
    await expect(read('a.csv.gz', gzipSync('id\n1\n'), { maxInflatedBytes: 4 })).rejects.toMatchObject(limit)
    expect(await read('a.csv.gz', gzipSync('id\n1\n'), { maxInflatedBytes: 5 })).toEqual([{ id: 1n }])
  })

  test('of Parquet is read from bytes, a source or a stream', async () => {
    const table = new Table(await collect(codecFor('a.csv').read(Buffer.from('id\n1\n'))))
    const bytes = Buffer.concat(await collect(codecFor('a.pq.gz').write()(stream(table.batches))))
    expect(bytes[0]).toBe(0x1f)
    for (const input of [bytes, bytesSource(bytes), stream([bytes])])
      expect(await rowsOf(input, 'a.pq.gz')).toEqual([{ id: 1n }])
  })
})
