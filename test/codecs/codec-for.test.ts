import { gzipSync, zstdCompressSync } from 'node:zlib'
import { Table } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { codecFor } from '../../src/codecs/codec-for.ts'
import { bytesSource, type CodecInput } from '../../src/codecs/input/source.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
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
