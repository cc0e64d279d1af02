import { describe, expect, test } from 'vitest'
import { type CsvOptions, csv, decodeCsv, encodeCsv } from '../../../src/codecs/csv/csv.ts'
import type { InvalidRow } from '../../../src/codecs/invalid-row.ts'
import { cellsOf, chunksAt, errorOf, readAll, schemaText, utf8 } from './support.ts'

// Files as they come: each row of the table is a name, a file, options, the columns and their cells.
describe('files as they come', () => {
  test.each<[string, string, CsvOptions, string[], unknown[][]]>([
    [
      'every kind of line break',
      'a,b\r\n1,2\n3,4\r5,6\r\r\n7,8',
      {},
      ['a:Int64', 'b:Int64'],
      [
        [1n, 3n, 5n, 7n],
        [2n, 4n, 6n, 8n],
      ],
    ],
    [
      'blank lines everywhere',
      '\n\r\n\ra,b\n\n1,2\r\n\r\n\n3,4\n\n',
      {},
      ['a:Int64', 'b:Int64'],
      [
        [1n, 3n],
        [2n, 4n],
      ],
    ],
    ['a mark before a quoted header', '\ufeff"a","b"\n1,2', {}, ['a:Int64', 'b:Int64'], [[1n], [2n]]],
    ['two marks: the second is text', '\ufeff\ufeffa\n1', {}, ['\ufeffa:Int64'], [[1n]]],
    ['zero bytes', 'a,b\n\0,x\0y\n', {}, ['a:Utf8', 'b:Utf8'], [['\0'], ['x\0y']]],
    [
      'a delimiter too many on every line',
      'a,b,\n1,2,\n',
      {},
      ['a:Int64', 'b:Int64', 'column_3:Utf8'],
      [[1n], [2n], [null]],
    ],
    [
      'names that collide with given ones',
      'a,a,a_2,,column_4\n1,2,3,4,5',
      {},
      ['a:Int64', 'a_3:Int64', 'a_2:Int64', 'column_4:Int64', 'column_4_2:Int64'],
      [[1n], [2n], [3n], [4n], [5n]],
    ],
    [
      'the names of every object',
      '__proto__,constructor,__proto__\n1,2,3',
      {},
      ['__proto__:Int64', 'constructor:Int64', '__proto___2:Int64'],
      [[1n], [2n], [3n]],
    ],
    ['an empty quoted header', '""\n1', {}, ['column_1:Int64'], [[1n]]],
    ['a header without a line break', 'a,"b"', {}, ['a:Utf8', 'b:Utf8'], [[], []]],
    [
      'nulls only',
      'a,b\n,\n,\n',
      {},
      ['a:Utf8', 'b:Utf8'],
      [
        [null, null],
        [null, null],
      ],
    ],
    ['no text is null', 'a,b\n,x\n', { nullValues: [] }, ['a:Utf8', 'b:Utf8'], [[''], ['x']]],
    ['a line of spaces is a row of one column', 'a\n  \n1', {}, ['a:Utf8'], [['  ', '1']]],
    [
      'numbers in quotes, in CRLF',
      '"a","b","c"\r\n"1","2.5",""\r\n"-3",".5","x"\r\n',
      {},
      ['a:Int64', 'b:Float64', 'c:Utf8'],
      [
        [1n, -3n],
        [2.5, 0.5],
        ['', 'x'],
      ],
    ],
    [
      'the bounds of 64 bits',
      'a,b\n9223372036854775807,-9223372036854775808\n9223372036854775808,0',
      {},
      ['a:Utf8', 'b:Int64'],
      [
        ['9223372036854775807', '9223372036854775808'],
        [-(2n ** 63n), 0n],
      ],
    ],
    [
      'a negative zero, named doubles',
      'a,b\n-0,1\n1,NaN\n0,-Infinity',
      {},
      ['a:Float64', 'b:Float64'],
      [
        [-0, 1, 0],
        [1, Number.NaN, Number.NEGATIVE_INFINITY],
      ],
    ],
    [
      'what looks like a number',
      'a,b,c,d,e,f\n0x10,1_000,"1,000",+5,1e400,007',
      {},
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}:Utf8`),
      [['0x10'], ['1_000'], ['1,000'], ['+5'], ['1e400'], ['007']],
    ],
    [
      'bools in any case, and with digits',
      'a,b\nTRUE,true\nfAlSe,0',
      {},
      ['a:Bool', 'b:Utf8'],
      [
        [true, false],
        ['true', '0'],
      ],
    ],
    [
      'what looks like a time',
      'a,b,c\n2016-12-31T23:59:60Z,10:00:00,2024/01/01',
      {},
      ['a:Utf8', 'b:Utf8', 'c:Utf8'],
      [['2016-12-31T23:59:60Z'], ['10:00:00'], ['2024/01/01']],
    ],
    [
      'dates and times mixed',
      'a\n2024-01-01\n2024-01-01T00:00:00Z',
      {},
      ['a:Utf8'],
      [['2024-01-01', '2024-01-01T00:00:00Z']],
    ],
    [
      'offsets',
      'a\n2024-01-01T00:00:00+05:30\n2024-01-01 00:00:00.5-0800\n2024-01-01T00:00',
      {},
      ['a:Timestamp<MILLISECOND, UTC>'],
      [['2023-12-31T18:30:00Z', '2024-01-01T08:00:00.5Z', '2024-01-01T00:00Z'].map(Date.parse)],
    ],
    [
      'a comment between and inside rows',
      '#x\na,b\n1,2#y\n#z\n3,"4\n#5"',
      { comment: '#' },
      ['a:Int64', 'b:Utf8'],
      [
        [1n, 3n],
        ['2#y', '4\n#5'],
      ],
    ],
    ['a delimiter that numbers hold', 'a-b\n2-3\n', { delimiter: '-' }, ['a:Int64', 'b:Int64'], [[2n], [3n]]],
    ['a digit between fields', 'a1b\n21x\n', { delimiter: '1' }, ['a:Int64', 'b:Utf8'], [[2n], ['x']]],
  ])('%s', async (_, text, options, columns, cells) => {
    const table = decodeCsv(utf8(text), options)
    expect(schemaText(table)).toEqual(columns)
    expect(cellsOf(table)).toEqual(cells)
    const bytes = Array.from({ length: text.length * 3 }, (__, at) => at)
    expect(cellsOf(await readAll(chunksAt(utf8(text), bytes), options))).toEqual(cells)
  })
})

describe('places of rejected rows', () => {
  test.each<[string, string | Uint8Array, CsvOptions, unknown[]]>([
    [
      'lone carriage returns',
      'a,b\r1,2\r3\r"x\ry",4,5\r',
      {},
      [
        [3, 2],
        [4, 3],
      ],
    ],
    [
      'line breaks in quotes of every kind',
      'a,b\n"1\r\n\n\r2",x\n3\n4,"\n\n',
      {},
      [
        [6, 2],
        [7, 3],
      ],
    ],
    [
      'blank lines count as lines, not as rows',
      '\n\na,b\n\n1\n\n\n2,3,4\n',
      {},
      [
        [5, 1],
        [8, 2],
      ],
    ],
    [
      'after many rows read straight',
      `a,b\n${'1,"x"\r\n'.repeat(500)}2\n${'1,"x"\r\n'.repeat(500)}2,3,4`,
      {},
      [
        [502, 501],
        [1003, 1002],
      ],
    ],
    ['in a row of many lines', `a,b\n${`1,"${'\n'.repeat(70_000)}"\n`.repeat(2)}2\n`, {}, [[140_004, 3]]],
    [
      'another dialect',
      '#c\na;b\n#c\n1;2\n\n3\n"4\r\n\r\n";5;6\n7;"x"y\n',
      { delimiter: ';', comment: '#' },
      [
        [6, 2],
        [7, 3],
        [10, 4],
      ],
    ],
    [
      'UTF-16',
      Buffer.from('a,b\n1,2\n3,\ud800\n5\n', 'utf16le'),
      { encoding: 'utf-16le' },
      [
        [3, 2, 'ENCODING_INVALID'],
        [4, 3],
      ],
    ],
    [
      'UTF-16 of an odd number of bytes',
      Buffer.from('a,b\n1,2\n3,x', 'utf16le').subarray(0, -1),
      { encoding: 'utf-16le' },
      [[3, 2, 'ENCODING_INVALID']],
    ],
    ['Shift JIS', Buffer.from('a\nb\n\x83\nc\n', 'latin1'), { encoding: 'shift_jis' }, [[3, 2, 'ENCODING_INVALID']]],
  ])('%s', async (_, input, options, places) => {
    const bytes = typeof input === 'string' ? utf8(input) : input
    for (const cuts of [[], [1, 4, 5, 9, 10, 20, 33]]) {
      const refused: InvalidRow[] = []
      await readAll(chunksAt(bytes, cuts), { ...options, onInvalidRow: (row) => refused.push(row) })
      expect(refused.map(({ line, row, code }) => (code === 'CSV_INVALID' ? [line, row] : [line, row, code]))).toEqual(
        places,
      )
    }
  })

  test.each([
    ['a\n1"\r2"\né', [2, 3]],
    ['2.5\ntrue"\r;",\né', [2, 3]],
    ['a\n1"\ré', [2]],
    ['a\n1"\r2"\r3"\r4"\né', [2, 3, 4, 5]],
    ['a\n1"\ré\n', [2]],
    ['a\n1"\r"2"\ré', [2]],
  ])('another dialect is read on after faults that are detected late: %j', (text, lines) => {
    const refused: InvalidRow[] = []
    const table = decodeCsv(utf8(text), { comment: '#', onInvalidRow: (row) => refused.push(row) })
    expect(refused.map(({ line }) => line)).toEqual(lines)
    expect(cellsOf(table)[0]?.at(-1)).toBe('é')
  })

  test('the other byte order is detected', async () => {
    const error = await errorOf(() => decodeCsv(Buffer.from('\ufeffa\n1', 'utf16le').swap16(), { encoding: 'utf-16' }))
    expect([error.code, error.message.includes("encoding: 'utf-16be'")]).toEqual(['ENCODING_INVALID', true])
  })

  test('all bytes of windows-1252', () => {
    const bytes = Uint8Array.from([0x61, 0x0a, ...Array.from({ length: 0x80 }, (_, at) => at + 0x80)])
    const [cell] = cellsOf(decodeCsv(bytes, { encoding: 'latin1' }))[0] as [string]
    expect(cell.slice(0, 32)).toBe('€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ')
    expect(cell.slice(32)).toBe(Buffer.from(bytes.subarray(34)).toString('latin1'))
  })
})

describe('in bounded time', () => {
  async function* repeated(head: string, part: string, times: number) {
    yield utf8(head)
    for (let time = 0; time < times; time++) yield utf8(part)
  }

  const refuse = { onInvalidRow: () => undefined }
  test.each<[string, string, string, number, CsvOptions]>([
    ['an endless line', 'a,b\n1,2\n', 'x'.repeat(1000), 5000, refuse],
    ['an endless line, another dialect', 'a,b\n1,2\n', 'x'.repeat(1000), 5000, { ...refuse, comment: '#' }],
    ['an endless quote', 'a,b\n1,"', 'xx\n', 20_000, refuse],
    ['an endless quote, another dialect', 'a,b\n1,"', 'xx\n', 20_000, { ...refuse, comment: '#' }],
    ['a byte at a time', 'a,b\n', '1', 50_000, refuse],
    ['ragged rows only', 'a,b\n', 'x\n'.repeat(100), 1000, refuse],
    ['ragged rows only, another dialect', 'a,b\n', 'x\n'.repeat(100), 1000, { ...refuse, comment: '#' }],
    ['every second row ragged', 'a,b\n', '1,2\nx\n'.repeat(100), 1000, refuse],
  ])('%s', async (_, head, part, times, options) => {
    const started = process.cpuUsage()
    for await (const batch of csv(options).read(repeated(head, part, times)))
      expect(batch.numRows).toBeGreaterThanOrEqual(0)
    expect(process.cpuUsage(started).user).toBeLessThan(10e6)
  })
})

describe('work', () => {
  /** The least processor time of three reads, with the number of rejected rows. */
  function timeOf(input: string | Uint8Array, options: CsvOptions): { time: number; rejected: number } {
    let rejected = 0
    const times = Array.from({ length: 3 }, () => {
      rejected = 0
      const started = process.cpuUsage()
      decodeCsv(typeof input === 'string' ? utf8(input) : input, { ...options, onInvalidRow: () => rejected++ })
      const { user, system } = process.cpuUsage(started)
      return user + system
    })
    return { time: Math.min(...times), rejected }
  }

  const note = 'y'.repeat(100)
  const sound = timeOf(`id,note\n${`1,${note}\n`.repeat(16_000)}`, {}).time
  test.each<[string, string, CsvOptions, number]>([
    ['values that do not fit', `x,${note}\n`.repeat(16_000), { schema: { id: 'int64' } }, 16_000],
    ['invalid UTF-16', `\ud800,${note}\n`.repeat(16_000), { encoding: 'utf-16le' }, 16_000],
    [
      'a value that does not fit in every 66th row',
      `${'1,y\n'.repeat(65)}x,y\n`.repeat(600),
      { schema: { id: 'int64' } },
      600,
    ],
    ['an open quote on every line', `1,"${note}\n`.repeat(16_000), {}, 8000],
    ['quotes that end no field, with an escape', `1,"${'a"'.repeat(30_000)}`, { lazyQuotes: true, escape: '\\' }, 0],
    [
      'quotes before line ends, with an escape',
      `1,"${'a"\n'.repeat(16_000)}`,
      { lazyQuotes: true, escape: '\\' },
      15_999,
    ],
    ['quotes among blanks', `1,"${'a" '.repeat(30_000)}`, { lazyQuotes: true, trim: true }, 0],
  ])('%s cost about what sound rows do', (_, rows, options, rejected) => {
    const text = `id,note\n${rows}`
    const input = options.encoding === undefined ? text : Buffer.from(text, 'utf16le')
    const read = timeOf(input, options)
    expect(read.rejected).toBe(rejected)
    expect(read.time / sound).toBeLessThan(40)
  })
})

test('a table is written and read back through every batch size', () => {
  const rows = Array.from(
    { length: 70_000 },
    (_, row) => `${row},"n ${row % 7}, ""q""",${row / 8},2024-01-01T00:00:${String(row % 60).padStart(2, '0')}Z`,
  )
  const text = `id,note,share,at\n${rows.join('\n')}\n`
  const table = decodeCsv(utf8(text))
  expect(table.batches.map((batch) => batch.numRows)).toEqual([65_536, 4_464])
  expect(Buffer.from(encodeCsv(table)).toString()).toBe(text)
})
