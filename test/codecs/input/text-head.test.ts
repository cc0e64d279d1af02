import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type CsvOptions, csv, decodeCsv } from '../../../src/codecs/csv/csv.ts'
import { textHead } from '../../../src/codecs/input/text-head.ts'
import { encodeParquet } from '../../../src/codecs/parquet/parquet.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { cellsOf, chunksAt, collect, errorOf } from '../csv/support.ts'

const text = 'id,näme\n1,é\n2,y\n'
const utf16 = (value: string) => Buffer.from(value, 'utf16le')
const utf32 = (value: string) =>
  Buffer.concat([...value].map((letter) => Buffer.from([letter.codePointAt(0) ?? 0, 0, 0, 0])))
const parquetBytes = await encodeParquet(tableFromRows([{ id: 1n }]))
const hex = (digits: string) => Buffer.from(digits, 'hex')
const encodings = ['utf-8', 'windows-1252', 'shift_jis', 'utf-16le', 'utf-16be']

const FOREIGN: [string, Uint8Array, string, RegExp][] = [
  ['gzip', gzipSync(text), 'ENCODING_INVALID', /is gzip.*\.gz/],
  ['zstd', zstdCompressSync(text), 'ENCODING_INVALID', /is zstd.*\.zst/],
  [
    'zstd behind a frame to skip',
    Buffer.concat([hex('502a4d180400000001020304'), zstdCompressSync(text)]),
    'ENCODING_INVALID',
    /is zstd/,
  ],
  ['zip', hex('504b030414000000'), 'UNSUPPORTED_FORMAT', /is zip/],
  ['xz', hex('fd377a585a000004'), 'UNSUPPORTED_FORMAT', /is xz/],
  ['bzip2', hex('425a68393141592653590a'), 'UNSUPPORTED_FORMAT', /is bzip2/],
  ['compress', hex('1f9d90690a'), 'UNSUPPORTED_FORMAT', /is compress/],
  ['framed Snappy', hex('ff060000734e61507059'), 'UNSUPPORTED_FORMAT', /is framed Snappy/],
  ['Parquet', parquetBytes, 'UNSUPPORTED_FORMAT', /is Parquet.*parquet\(\)/],
  ['UTF-32 with a mark', Buffer.concat([hex('fffe0000'), utf32(text)]), 'ENCODING_INVALID', /utf-32le; convert/],
  ['UTF-32 without a mark', utf32(text), 'ENCODING_INVALID', /utf-32.*; convert/],
  ['UTF-32 of the other order', utf32(text).swap32(), 'ENCODING_INVALID', /utf-32.*; convert/],
]
const OTHER_ENCODINGS: [string, Uint8Array][] = [
  ['utf-16le', utf16(`\ufeff${text}`)],
  ['utf-16le', utf16(text)],
  ['utf-16be', utf16(`\ufeff${text}`).swap16()],
  ['utf-16be', utf16(text).swap16()],
  ['utf-8', Buffer.from(`\ufeff${text}`)],
]

async function refusals(bytes: Uint8Array, options: CsvOptions) {
  const cuts = [[], [1], [1, 2, 3, 4, 5, 6, 7, 8, 20, 30]]
  const reads = cuts.map((places) => errorOf(() => collect(csv(options).read(chunksAt(bytes, places)))))
  return Promise.all([errorOf(() => decodeCsv(bytes, options)), ...reads])
}

describe('what the first bytes are', () => {
  test.each(FOREIGN)('%s is refused, whatever encoding is named', async (_, bytes, code, message) => {
    for (const encoding of encodings) {
      for (const error of await refusals(bytes, { encoding })) {
        expect([encoding, error.code, error.message]).toEqual([encoding, code, expect.stringMatching(message)])
      }
    }
  })

  test.each(OTHER_ENCODINGS)('%s under another name is refused with a hint', async (found, bytes) => {
    for (const encoding of encodings.filter((name) => name !== found)) {
      for (const error of await refusals(bytes, { encoding })) {
        expect([encoding, error.code, error.message]).toEqual([
          encoding,
          'ENCODING_INVALID',
          expect.stringContaining(`set encoding: '${found}'`),
        ])
      }
    }
    expect(cellsOf(decodeCsv(bytes, { encoding: found }))).toEqual([
      [1n, 2n],
      ['é', 'y'],
    ])
  })

  test('plain UTF-8 under utf-16le', async () => {
    const [error] = await refusals(Buffer.from(text), { encoding: 'utf-16le' })
    expect(error).toMatchObject({ code: 'ENCODING_INVALID', message: expect.stringContaining("set encoding: 'utf-8'") })
  })

  test('text of one byte a character under UTF-16', async () => {
    for (const encoding of ['utf-16le', 'utf-16be']) {
      for (const error of await refusals(Buffer.from('id,n\xe4me\n1,\xe9\n2,y\n', 'latin1'), { encoding })) {
        expect(error).toMatchObject({ code: 'ENCODING_INVALID', message: expect.stringContaining('windows-1252') })
      }
    }
  })

  test('a header alone of the other byte order', async () => {
    for (const error of await refusals(utf16('id,name'), { encoding: 'utf-16be' })) {
      expect(error).toMatchObject({ code: 'ENCODING_INVALID', message: expect.stringContaining("'utf-16le'") })
    }
  })

  test('UTF-32 under UTF-16 in a file without a header', async () => {
    for (const encoding of ['utf-16le', 'utf-16be']) {
      for (const error of await refusals(utf32(text), { encoding, header: false })) {
        expect(error).toMatchObject({ code: 'ENCODING_INVALID', message: expect.stringContaining('utf-32') })
      }
    }
  })

  test('UTF-16 without a mark, whose characters are rarely ASCII, is read', () => {
    const texts = [
      '一,二\r\n上,一\r\n',
      '上\n一\n',
      '一\n',
      '一月一日\n一月十一日\n',
      '一月一日',
      '\u0100,\u2000\n\u0a00,\u4100\n',
      'Привет\nмир\n',
    ]
    for (const content of texts) {
      const cells = cellsOf(decodeCsv(Buffer.from(content), { header: false }))
      expect(cellsOf(decodeCsv(utf16(content), { header: false, encoding: 'utf-16le' }))).toEqual(cells)
      expect(cellsOf(decodeCsv(utf16(content).swap16(), { header: false, encoding: 'utf-16be' }))).toEqual(cells)
    }
  })

  test('NUL bytes in a header, and in a quarter of the first kilobyte', async () => {
    for (const input of ['a\0,b\n1,2\n', `a,b\n${'\0\0xxx,y\n'.repeat(400)}`]) {
      for (const error of await refusals(Buffer.from(input), {})) expect(error.code).toBe('ENCODING_INVALID')
    }
  })

  test('a NUL in a field, and names that begin like a format, are text', () => {
    expect(cellsOf(decodeCsv(Buffer.from('a,b\n1,x\0\n')))).toEqual([[1n], ['x\0']])
    for (const name of ['PAR1', 'BZh9', 'PK', 'Obj', 'LZ4', 'BZh91']) {
      expect(decodeCsv(Buffer.from(`${name},b\n1,2\n`)).schema.fields[0]?.name).toBe(name)
    }
  })

  test('a format without an option for its encoding is told to convert', () => {
    const head = textHead({ encoding: 'utf-8', isOption: false })
    head(utf16('\ufeff{}'))
    expect(() => head(undefined)).toThrow(/utf-16le; convert it to UTF-8/)
  })
})
