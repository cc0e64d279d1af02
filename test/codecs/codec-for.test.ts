import { gzipSync, zstdCompressSync } from 'node:zlib'
import { Table } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { codecFor } from '../../src/codecs/codec-for.ts'
import { bytesSource, type CodecInput } from '../../src/codecs/input/source.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { collect, stream } from '../support/transform-laws.ts'

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
  ])('%s is %s', (key, name, contentType) => {
    expect(codecFor(key)).toMatchObject({ name, contentType })
  })

  test.each(['', 'csv', 'a', 'a.gz', 'a.txt', 'a.csv.gz.gz', 'a.csv ', 'a.csv/', 'a.csv\n', 'a.csvx', 'a.json5'])(
    '%j is UNSUPPORTED_FORMAT',
    (key) => {
      expect(() => codecFor(key)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_FORMAT' }))
    },
  )

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

describe('what a codec reads', () => {
  test.each([null, undefined, 7, '{"id":1}', new ArrayBuffer(8), [Buffer.from('{"id":1}')]])(
    'is not %j',
    async (input) => {
      await expect(rowsOf(input as unknown as CodecInput, 'a.json')).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    },
  )

  test.each(['a.csv', 'a.json', 'a.ndjson', 'a.json.gz'])('%s: is bytes, not text', async (key) => {
    const chunks = stream(['{"id":1}\n']) as AsyncIterable<unknown> as AsyncIterable<Uint8Array>
    await expect(rowsOf(chunks, key)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
  })
})
