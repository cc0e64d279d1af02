import { type RecordBatch, Table } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { decodeJson, type JsonOptions, json, ndjson } from '../../../../../src/codecs/json/json.ts'
import { rowsFromTable } from '../../../../../src/columns/rows-from-table.ts'
import { isMillraceError } from '../../../../../src/errors.ts'
import { stream } from '../../../../support/streams.ts'
import { CASES } from './outcomes.ts'

type Read = (options: JsonOptions) => Promise<Table>

/** Lines before a file: the first kilobyte is held back until its format is known, and would come as one chunk. */
const BLANK_LINES = 1100

/** @param before - blank lines before the file, which count neither for its lines nor its bytes. */
async function outcomeOf(read: Read, options: JsonOptions = {}, isReporting: boolean, before = 0): Promise<string> {
  const outcome: string[] = []
  const onInvalidRow: JsonOptions['onInvalidRow'] = ({ code, line, row }) =>
    outcome.push(`${code} ${line - before}:${row}`)
  try {
    const table = await read({ schema: { a: 'int64' }, ...options, ...(isReporting && { onInvalidRow }) })
    const rows = [...rowsFromTable(table)].map((row) => Object.values(row).map(String).join('/'))
    outcome.push(`rows ${rows.join()}`)
  } catch (error) {
    if (!isMillraceError(error)) throw error
    const { position: { line, row, byteOffset } = {}, path = [], code } = error
    const place = [line && line - before, row].join(':')
    const steps = path.length > 0 ? ` ${path.join('.')}` : ''
    const reason = error.message.replace(/ \((?:line|column) .*\)$/, '')
    outcome.push(`${code} ${place}@${byteOffset && byteOffset - before}${steps} | ${reason}`)
  }
  return outcome.join(', ')
}

const whole = (bytes: Uint8Array): Read => {
  return async (options) => decodeJson(bytes, options)
}

/** Read in the given chunks. */
const inChunks = (chunks: readonly Uint8Array[], codec = json): Read => {
  return async (options) => {
    const batches: RecordBatch[] = []
    for await (const batch of codec(options).read(stream(chunks))) batches.push(batch)
    return new Table(batches)
  }
}

/** The bytes of a file. */
function bytesOf(source: string): Uint8Array {
  const [first, ...rest] = source.split('\ue000').map((part) => Buffer.from(part))
  return Buffer.concat([first as Buffer, ...rest.flatMap((part) => [Buffer.of(0xff), part])])
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
}

const blank = Buffer.from('\n'.repeat(BLANK_LINES))
// A byte order mark is one at the very start alone.
const CUT_CASES = CASES.filter(([source]) => !source.startsWith('\ufeff'))

describe('files and what is found in them', () => {
  test.each(CASES.map((one) => [one[0], one] as const))('%j', async (_, [source, thrown, reported, options]) => {
    const read = whole(bytesOf(source))
    expect(await outcomeOf(read, options, false)).toBe(thrown)
    expect(await outcomeOf(read, options, true)).toBe(reported === '' ? thrown : reported)
  })

  test('the same in chunks of any size', async () => {
    for (const [source, thrown, reported, options] of CUT_CASES) {
      const chunksOf = (size: number): Uint8Array[] => [blank, ...cut(bytesOf(source), size)]
      const found = [await outcomeOf(inChunks(chunksOf(7)), options, false, BLANK_LINES)]
      found.push(await outcomeOf(inChunks(chunksOf(1), ndjson), options, true, BLANK_LINES))
      expect([source, ...found]).toEqual([source, thrown, reported === '' ? thrown : reported])
    }
  })

  test('the same in two chunks, cut here and there', async () => {
    for (const [source, thrown, reported, options] of CUT_CASES) {
      const bytes = bytesOf(source)
      for (let at = 1; at < bytes.length; at += Math.ceil(bytes.length / 7)) {
        const chunks = [blank, bytes.subarray(0, at), bytes.subarray(at)]
        const found = await outcomeOf(inChunks(chunks), options, true, BLANK_LINES)
        expect([source, at, found]).toEqual([source, at, reported === '' ? thrown : reported])
      }
    }
  })

  test('the same in two chunks, cut anywhere, of rows that are rejected before their end', async () => {
    for (const [source, thrown, reported, options] of CUT_CASES.filter(([text]) =>
      /ud800.*0123|"x",.*0123/.test(text),
    )) {
      const bytes = bytesOf(source)
      for (let at = 1; at < bytes.length; at++) {
        const chunks = [blank, bytes.subarray(0, at), bytes.subarray(at)]
        const found = await outcomeOf(inChunks(chunks), options, true, BLANK_LINES)
        expect([source, at, found]).toEqual([source, at, reported === '' ? thrown : reported])
      }
    }
  })

  test('a byte order mark behind the first bytes is none, wherever chunks are cut', async () => {
    const file = Buffer.concat([blank, Buffer.from('\ufeff{"a":1}\n')])
    const expected =
      'JSON_INVALID 1:1@0 | a value is expected; found a byte order mark (BOM), as in joined files: remove it'
    for (const size of [BLANK_LINES, BLANK_LINES + 1, BLANK_LINES + 3, 5000])
      expect(await outcomeOf(inChunks(cut(file, size)), {}, false, BLANK_LINES)).toBe(expected)
  })

  test('a byte that begins no character is an invalid encoding, at the start of a row too', async () => {
    const codes: unknown[] = []
    const bytes = [0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xf4, 0xf5, 0xff]
    for (const byte of bytes) {
      const read = whole(Buffer.concat([Buffer.from('{"a":1}\n'), Buffer.of(byte), Buffer.from('\n')]))
      codes.push((await outcomeOf(read, {}, true)).split(' ')[0])
    }
    const isInvalid = (byte: number): boolean => (byte >= 0x80 && byte < 0xc2) || byte > 0xf4
    expect(codes).toEqual(bytes.map((byte) => (isInvalid(byte) ? 'ENCODING_INVALID' : 'JSON_INVALID')))
  })
})
