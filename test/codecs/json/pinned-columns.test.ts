import { describe, expect, test } from 'vitest'
import { decodeNdjson, type InvalidRow, ndjson } from '../../../src/codecs/index.ts'
import { errorOf } from '../csv/support.ts'
import { chunked, collect } from './support.ts'

const WITHOUT = '{"b":"x"}\n'
const MISFIT = '{"a":1.5,"b":"y"}\n'
const BROKEN = '{"a":1,"b":\n'

/** Rows of every order around the only ones that have the pinned column, all of which are rejected. */
describe.each([1, 4000])('a pinned column that rejected rows alone have is unknown, beside %d others', (times) => {
  test.each([
    ['after them', WITHOUT.repeat(times) + MISFIT],
    ['before them', MISFIT + WITHOUT.repeat(times)],
    ['between them', WITHOUT.repeat(times) + MISFIT + WITHOUT.repeat(times)],
    ['many times', (WITHOUT.repeat(times) + MISFIT).repeat(3)],
    ['cut off', `${WITHOUT.repeat(times) + BROKEN}${WITHOUT.repeat(times)}`],
  ])('%s', async (_, text) => {
    const rejected: InvalidRow[] = []
    const options = { schema: { a: 'int8' }, onInvalidRow: (row: InvalidRow) => rejected.push(row) } as const
    const bytes = Buffer.from(text)
    for (const read of [
      () => decodeNdjson(bytes, options),
      () => collect(ndjson(options).read(bytes)),
      () => collect(ndjson(options).read(chunked(bytes, [1500, 17]))),
    ])
      expect(await errorOf(read)).toMatchObject({ code: 'COLUMN_UNKNOWN', position: { column: 'a' } })
    expect(rejected.length).toBeGreaterThan(0)
  })
})

test.each([1, 4000])('a pinned column that one row has, even as null, is known beside %d others', async (times) => {
  for (const row of ['{"a":null}\n', '{"a":1}\n', '{"b":"z","a":null}\n'])
    for (const text of [row + WITHOUT.repeat(times) + MISFIT, WITHOUT.repeat(times) + row + MISFIT + WITHOUT]) {
      const options = { schema: { a: 'int8' }, onInvalidRow: () => {} } as const
      const table = decodeNdjson(Buffer.from(text), options)
      expect([...(table.getChild('a') ?? [])].filter((value) => value !== null)).toEqual(row.includes('1') ? [1] : [])
    }
})
