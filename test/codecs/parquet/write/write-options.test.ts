import { describe, expect, test } from 'vitest'
import { type ParquetWriteOptions, writeSettings } from '../../../../src/codecs/parquet/write/write-options.ts'

const refused = (message: string) => expect.objectContaining({ code: 'OPTION_INVALID', message })

describe('settings of a file', () => {
  test('by default', () => {
    expect(writeSettings({})).toEqual({
      compression: 'snappy',
      encodings: 'compatible',
      rowGroupRows: 131_072,
      rowGroupBytes: 32 * 1024 * 1024,
      pageBytes: 1024 * 1024,
      pageRows: Number.POSITIVE_INFINITY,
      pageIndex: false,
      bloomFilters: new Set(),
      metadata: [],
    })
  })

  test('as they are told', () => {
    const options: ParquetWriteOptions = {
      compression: 'none',
      encodings: 'compact',
      rowGroupRows: 1,
      rowGroupBytes: Number.POSITIVE_INFINITY,
      pageBytes: 2,
      pageIndex: true,
      bloomFilters: ['a', 'b'],
      metadata: { clé: 'valeur', empty: '' },
    }
    expect(writeSettings(options)).toEqual({
      ...options,
      pageRows: 20_000,
      bloomFilters: new Set(['a', 'b']),
      metadata: [
        ['clé', 'valeur'],
        ['empty', ''],
      ],
    })
    for (const compression of ['snappy', 'zstd', 'gzip', 'none'] as const) {
      expect(writeSettings({ compression }).compression).toBe(compression)
    }
    expect(writeSettings({ pageIndex: false }).pageRows).toBe(Number.POSITIVE_INFINITY)
  })

  test.each(['rowGroupRows', 'rowGroupBytes', 'pageBytes'] as const)(
    '%s is a positive integer, or no limit',
    (name) => {
      for (const value of [1, 2 ** 53 - 1, Number.POSITIVE_INFINITY])
        expect(writeSettings({ [name]: value })[name]).toBe(value)
      for (const value of [0, -1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 53]) {
        expect(() => writeSettings({ [name]: value })).toThrow(refused(`${name} must be a positive integer`))
      }
    },
  )

  test('names are those of the lists', () => {
    expect(() => writeSettings({ compression: 'lzo' as never })).toThrow(
      refused('compression must be one of snappy, zstd, gzip, none'),
    )
    expect(() => writeSettings({ encodings: '' as never })).toThrow(
      refused('encodings must be one of compatible, compact'),
    )
  })

  test('key-values are text of whole characters', () => {
    const message = 'metadata must map names to strings without lone surrogates'
    for (const metadata of [{ a: 1 }, { a: null }, { a: '\ud800' }, { '\udc00': 'a' }, { ok: 'a', a: '\ud800' }]) {
      expect(() => writeSettings({ metadata: metadata as never })).toThrow(refused(message))
    }
    expect(writeSettings({ metadata: { '😀': '😀' } }).metadata).toEqual([['😀', '😀']])
  })
})
