import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type CsvOptions, csv, decodeCsv } from '../../../src/codecs/csv/csv.ts'
import { checkTextHead, headFirst, manyNuls, textHead } from '../../../src/codecs/input/text-head.ts'
import { encodeParquet } from '../../../src/codecs/parquet/parquet.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { isMillraceError } from '../../../src/errors.ts'
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

/** What a check of first bytes reports: the code and the message; undefined if it passes. */
function judged(bytes: Uint8Array, encoding = 'utf-8', isOption = true): string | undefined {
  try {
    checkTextHead(bytes, { encoding, isOption })
    return undefined
  } catch (error) {
    if (!isMillraceError(error)) throw error
    const { line, byteOffset } = error.position ?? {}
    expect([line, byteOffset]).toEqual([error.code === 'UNSUPPORTED_FORMAT' ? undefined : 1, 0])
    return `${error.code} ${error.message}`
  }
}

describe('formats by their first bytes', () => {
  test.each([
    ['gzip', '1f8b08'],
    ['zstd', '28b52ffd'],
    ['zstd', '502a4d18'],
    ['zstd', '5f2a4d18'],
    ['zip', '504b0304'],
    ['zip', '504b0506'],
    ['xz', 'fd377a585a00'],
    ['bzip2', '425a6831314159265359'],
    ['bzip2', '425a6839177245385090'],
    ['LZ4', '04224d18'],
    ['compress (.Z)', '1f9d90'],
    ['framed Snappy', 'ff060000734e61507059'],
    ['7z', '377abcaf271c'],
    ['Excel', 'd0cf11e0a1b11ae1'],
    ['Parquet', '5041523115'],
    ['Avro', '4f626a01'],
  ])('%s: %s, whole and at the very start', (name, magic) => {
    const isWrapped = name === 'gzip' || name === 'zstd'
    const expected = `${isWrapped ? 'ENCODING_INVALID' : 'UNSUPPORTED_FORMAT'} the file is ${name}`
    const bytes = hex(magic)
    const wild = name === 'bzip2' ? [3] : []
    for (const given of [bytes, Buffer.concat([bytes, Buffer.from('text')])]) expect(judged(given)).toContain(expected)
    expect(judged(bytes.subarray(0, -1))?.includes(expected) ?? false).toBe(false)
    expect(judged(Buffer.concat([Buffer.from('\n'), bytes]))?.includes(expected) ?? false).toBe(false)
    for (let index = 0; index < bytes.length; index++) {
      const other = Buffer.from(bytes)
      other[index] = (other[index] as number) ^ 0x80
      expect([index, judged(other)?.includes(expected) ?? false]).toEqual([index, wild.includes(index)])
    }
  })

  test('advice', () => {
    expect(judged(hex('1f8b08'))).toContain("through codecFor, by a key that ends in .gz or with compression: 'gzip'")
    expect(judged(hex('28b52ffd'))).toContain(
      "through codecFor, by a key that ends in .zst or with compression: 'zstd'",
    )
    expect(judged(hex('5041523115'))).toContain('not text: read it with parquet()')
    expect(judged(hex('504b0304'))).toContain('not text: extract or convert it first')
  })
})

describe('byte order marks', () => {
  test.each([
    ['utf-32le', 'fffe0000'],
    ['utf-32be', '0000feff'],
    ['utf-8', 'efbbbf'],
    ['utf-16le', 'fffe'],
    ['utf-16be', 'feff'],
  ])('of %s', (found, mark) => {
    for (const encoding of ['utf-8', 'windows-1252', 'utf-16le', 'utf-16be']) {
      const error = judged(Buffer.concat([hex(mark), Buffer.from('ab')]), encoding)
      if (encoding === found) expect(error).toBeUndefined()
      else {
        const advice = found.startsWith('utf-32') ? 'convert it to UTF-8' : `set encoding: '${found}'`
        expect(error).toContain(
          `ENCODING_INVALID the file is not ${encoding} but begins with the byte order mark of ${found}; ${advice}`,
        )
        expect(judged(hex(mark), encoding, false)).toContain('convert it to UTF-8')
      }
    }
    for (let index = 0; index < mark.length / 2; index++) {
      const other = hex(mark)
      other[index] = (other[index] as number) ^ 0x40
      expect(judged(other)?.includes(`byte order mark of ${found};`) ?? false).toBe(false)
    }
  })
})

describe('NUL bytes', () => {
  const withNuls = (length: number, isNul: (index: number) => boolean): Uint8Array =>
    Uint8Array.from({ length }, (_, index) => (isNul(index) ? 0 : 0x78))

  test('from a quarter of the first kilobyte on, there is no text', () => {
    expect(judged(new Uint8Array(0))).toBeUndefined()
    expect(judged(withNuls(32, (index) => index < 8))).toContain('NUL bytes')
    expect(judged(withNuls(32, (index) => index < 7))).toBeUndefined()
    expect(judged(withNuls(33, (index) => index < 8))).toBeUndefined()
    expect(judged(withNuls(1, () => true))).toContain('NUL bytes')
    expect(judged(withNuls(4000, (index) => index >= 1024))).toBeUndefined()
    expect(judged(withNuls(4000, (index) => index >= 768 && index < 1024))).toContain('NUL bytes')
    expect(judged(withNuls(4000, (index) => index >= 769))).toBeUndefined()
  })

  test('name the encoding by their places', () => {
    const names = Array.from({ length: 16 }, (_, places) => {
      const message = manyNuls(
        withNuls(64, (index) => ((places >> (index & 3)) & 1) === 1),
        { encoding: 'utf-8', isOption: true },
      ).message
      return /looks like ([\w-]+)/.exec(message)?.[1] ?? /it is not text in utf-8; convert it to UTF-8/.test(message)
    })
    // The first of four bytes is the lowest bit: pairs of them are UTF-16, three or all UTF-32.
    const be = 0b0101
    const le = 0b1010
    const expected = names.map((_, places) => {
      const count = [0, 1, 2, 3].filter((place) => (places >> place) & 1).length
      if (count > 2) return places >> 3 === 1 ? 'utf-32le' : 'utf-32be'
      return places === le ? 'utf-16le' : places === be ? 'utf-16be' : true
    })
    expect(names).toEqual(expected)
  })

  test('count at a place from more than a sixteenth of all bytes on', () => {
    const nameOf = (bytes: Uint8Array): boolean =>
      manyNuls(bytes, { encoding: 'utf-8', isOption: true }).message.includes('utf-16le')
    expect(nameOf(withNuls(16, (index) => [1, 3].includes(index)))).toBe(false)
    expect(nameOf(withNuls(16, (index) => [1, 3, 5, 7].includes(index)))).toBe(true)
    expect(nameOf(withNuls(15, (index) => [1, 3].includes(index)))).toBe(true)
  })

  test('in UTF-16 are UTF-32, from a quarter of the characters on', () => {
    const units = (text: string, encoding: string) =>
      judged(encoding === 'utf-16le' ? utf16(text) : utf16(text).swap16(), encoding)
    for (const encoding of ['utf-16le', 'utf-16be']) {
      expect(units('a\0bc', encoding)).toContain(
        `is not ${encoding} but holds NUL characters and looks like utf-32; convert it to UTF-8`,
      )
      expect(units('a\0bcd', encoding)).toBeUndefined()
      expect(units('', encoding)).toBeUndefined()
      // Two NUL bytes of two characters are no NUL character.
      expect(judged(Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 1), encoding)).toBeUndefined()
    }
  })

  test('have the position that is passed', () => {
    const error = manyNuls(
      withNuls(8, () => true),
      { encoding: 'utf-8', isOption: true },
      { line: 7, byteOffset: 70 },
    )
    expect(error).toMatchObject({ code: 'ENCODING_INVALID', position: { line: 7, byteOffset: 70 } })
    const alone = manyNuls(
      withNuls(8, (index) => index === 0),
      { encoding: 'utf-8', isOption: true },
      { line: 7, byteOffset: 70 },
    )
    expect(alone.position).toEqual({ line: 7, byteOffset: 70 })
  })
})

describe('UTF-16 without a mark', () => {
  const bothOrders = (text: string) => [judged(utf16(text), 'utf-16be'), judged(utf16(text).swap16(), 'utf-16le')]
  const isSwapped = (text: string): boolean => {
    const [be, le] = bothOrders(text)
    expect(be === undefined).toBe(le === undefined)
    if (be !== undefined) {
      expect(be).toContain("is not utf-16be but has the byte order of utf-16le; set encoding: 'utf-16le'")
      expect(le).toContain("is not utf-16le but has the byte order of utf-16be; set encoding: 'utf-16be'")
    }
    expect([judged(utf16(text), 'utf-16le'), judged(utf16(text).swap16(), 'utf-16be')]).toEqual([undefined, undefined])
    return be !== undefined
  }

  test('is of the other order if its line breaks are', () => {
    for (const text of ['Привет\nмир', 'Привет\rмир', '一\n', '\n', '\r'])
      expect([text, isSwapped(text)]).toEqual([text, true])
    // U+0A00 and U+0D00 are line breaks in the other order.
    for (const text of ['\u0a00\u0a00\n', '\u0d00\n']) {
      for (const given of bothOrders(text)) expect(given).toBeUndefined()
    }
  })

  test('without line breaks, if three quarters of four characters or more are ASCII in the other order, and none in this', () => {
    for (const text of ['abcd', 'abcЖ', 'a\tbЖ', 'a~ Ж', 'abcdefЖЖ'])
      expect([text, isSwapped(text)]).toEqual([text, true])
    for (const text of ['abc', '', 'abЖЖ', 'ab\x01Ж', 'ab\x7fЖ', 'ab\x1fЖ', 'abcdeЖЖЖ', 'abcdef\u6100Ж'])
      expect([text, isSwapped(text)]).toEqual([text, false])
    expect(isSwapped('abcd\u0100')).toBe(true)
  })

  test('with a mark is not looked at further', () => {
    for (const text of ['\ufeff\u0a0a\u0a0a\u0a0a\u0a0a', '\ufeffa\0\0\0', '\ufeff\u6100\u6200\u6300\u6400\u6500'])
      for (const [bytes, encoding] of [
        [utf16(text), 'utf-16le'],
        [utf16(text).swap16(), 'utf-16be'],
      ] as const)
        expect([text, judged(bytes, encoding)]).toEqual([text, undefined])
  })

  test('is text of one byte each if that has line breaks and no NUL', () => {
    for (const encoding of ['utf-16le', 'utf-16be']) {
      for (const text of ['a,b\n1,2', 'a\r', 'é\n', '\u{10ffff}\n', '\n'])
        expect(judged(Buffer.from(text), encoding)).toContain(
          `is not ${encoding} but holds no NUL byte and looks like utf-8; set encoding: 'utf-8'`,
        )
      for (const text of ['abcdefgh', 'a\0b\n', '一一一一'])
        expect([text, judged(Buffer.from(text), encoding)]).toEqual([text, undefined])
      // The last character may be cut.
      for (const cut of [1, 2, 3])
        expect(judged(Buffer.from('a\n😀').subarray(0, 2 + cut), encoding)).toContain('looks like utf-8')
    }
  })

  test('is text of a single-byte encoding if three quarters of it are ASCII', () => {
    const head = (probe: number): Uint8Array => Uint8Array.of(0xe9, 0xe9, probe, probe, probe, probe, probe, 0x0a)
    for (let probe = 1; probe < 256; probe++) {
      const isAscii = (probe >= 0x20 && probe < 0x7f) || [9, 10, 13].includes(probe)
      const error = judged(head(probe), 'utf-16le')
      if (isAscii) expect([probe, error]).toEqual([probe, expect.stringContaining('single-byte encoding')])
      else expect([probe, error]).toEqual([probe, undefined])
    }
    expect(judged(Uint8Array.of(0xe9, 0xe9, 0xe9, 0x61, 0x61, 0x61, 0x61, 0x0a), 'utf-16le')).toBeUndefined()
  })
})

describe('the first bytes are held back', () => {
  function held(chunks: readonly number[], length = 10) {
    const judgements: number[] = []
    const head = headFirst(length, (bytes) => judgements.push(bytes.length))
    const memory = new Uint8Array(100)
    let next = 0
    const out = chunks.map((size) => {
      for (let index = 0; index < size; index++) memory[index] = next++
      const given = memory.subarray(0, size)
      const found = head(given)
      return found && [...found]
    })
    const end = head(undefined)
    return { out, end: end && [...end], judgements, again: head(undefined) }
  }
  const upTo = (end: number, start = 0): number[] => Array.from({ length: end - start }, (_, index) => start + index)

  test('until there are enough', () => {
    expect(held([10, 3])).toEqual({ out: [upTo(10), upTo(13, 10)], end: undefined, judgements: [10], again: undefined })
    expect(held([12])).toMatchObject({ out: [upTo(12)], judgements: [12] })
    expect(held([4, 5, 1, 2])).toMatchObject({
      out: [undefined, undefined, upTo(10), upTo(12, 10)],
      judgements: [10],
      end: undefined,
    })
    expect(held([9, 30])).toMatchObject({ out: [undefined, upTo(39)], judgements: [39] })
  })

  test('or all', () => {
    expect(held([])).toMatchObject({ end: [], judgements: [0], again: undefined })
    expect(held([3, 0, 4])).toMatchObject({
      out: [undefined, undefined, undefined],
      end: upTo(7),
      judgements: [7],
      again: undefined,
    })
    expect(held([0, 9])).toMatchObject({ end: upTo(9), judgements: [9] })
  })

  test('and chunks behind them are passed on as they are', () => {
    const head = headFirst(4)
    const [first, second] = [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5)]
    expect([head(first) === first, head(second) === second, head(undefined)]).toEqual([true, true, undefined])
    const check = textHead({ encoding: 'utf-8', isOption: false })
    const long = new Uint8Array(1024).fill(0x61)
    expect([check(long.subarray(0, 1023)), check(long.subarray(1023))?.length, check(long) === long]).toEqual([
      undefined,
      1024,
      true,
    ])
  })
})
