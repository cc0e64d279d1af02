import fc from 'fast-check'
import { expect } from 'vitest'
import type { CsvOptions } from '../../src/codecs/csv/csv-options.ts'
import { csvSettings } from '../../src/codecs/csv/csv-options.ts'
import { csvBoundary } from '../../src/fanout/csv-boundary.ts'
import { law } from '../support/law.ts'

const dialects: CsvOptions[] = [{}, { comment: '#' }, { trim: true }, { comment: '#', trim: true }, { delimiter: ';' }]
const field = fc
  .array(fc.constantFrom('"', 'x', ',', ';', '\n', ' ', '#', '1'), { maxLength: 6 })
  .map((parts) => `"${parts.join('').replaceAll('"', '""')}"`)

const file = fc.constantFrom(...dialects).chain((dialect) => {
  const { delimiter = ',', comment, trim = false } = dialect
  const padded = trim ? fc.tuple(field, fc.constantFrom('', ' ')).map(([text, blank]) => blank + text + blank) : field
  const plain = fc.constantFrom('1', 'x', '')
  const row = fc.tuple(fc.oneof(padded, plain), padded, fc.oneof(padded, plain)).map((fields) => fields.join(delimiter))
  const line = comment === undefined ? row : fc.oneof({ weight: 3, arbitrary: row }, fc.constant('# it"s, here'))
  return fc
    .tuple(fc.array(line, { minLength: 4, maxLength: 20 }), fc.constantFrom('\n', '\r\n'), fc.nat(), fc.nat())
    .map(([lines, end, from, length]) => ({ dialect, lines: lines.map((text) => text + end), from, length }))
})

law(
  'csvBoundary: in a valid file, a piece with a quote, cut anywhere, has its boundary at a line that begins outside quotes',
  fc.property(file, ({ dialect, lines, from, length }) => {
    const bytes = Buffer.from(lines.join(''))
    const starts = new Set<number>()
    let at = 0
    for (const text of lines) {
      starts.add(at)
      at += Buffer.byteLength(text)
    }
    const start = from % bytes.length
    const end = Math.min(bytes.length, start + 1 + (length % bytes.length))
    const probe = bytes.subarray(start, end)
    fc.pre(probe.includes('"'.charCodeAt(0)))
    const found = csvBoundary(probe, end === bytes.length, csvSettings(dialect), 3)
    if (found === undefined) return
    expect(starts.has(start + found.at)).toBe(true)
    expect(starts.has(start + found.sampleEnd)).toBe(true)
  }),
  { runs: 500 },
)
