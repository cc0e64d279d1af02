import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { expect } from 'vitest'
import { byteValues } from '../../../../../src/codecs/parquet/read/bytes/value-buffers.ts'
import { firstInvalidText } from '../../../../../src/codecs/parquet/read/encodings/text-check.ts'
import { law } from '../../../../support/law.ts'

const text = fc.string({ unit: 'binary', maxLength: 6 }).map((value) => [...Buffer.from(value)])
const ascii = fc.string({ maxLength: 6 }).map((value) => [...Buffer.from(value)])
const any = fc.uint8Array({ maxLength: 3 }).map((bytes) => [...bytes])

law(
  'parquet text: the first value that is not UTF-8 is found, also where a character is split between two or bytes follow',
  fc.property(
    fc.oneof(
      fc.array(ascii, { maxLength: 5 }),
      fc.array(text, { maxLength: 5 }),
      fc.array(fc.oneof(text, any), { maxLength: 5 }),
    ),
    fc.array(fc.nat(20), { maxLength: 4 }),
    any,
    (parts, cuts, rest) => {
      const bytes = Uint8Array.from(parts.flat())
      const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b)
      const values = Object.assign(byteValues(ends.length), {
        count: ends.length,
        bytes: Uint8Array.of(...bytes, ...rest),
      })
      for (const [i, end] of ends.entries()) values.offsets[i + 1] = end
      const expected = ends.findIndex((end, i) => !isUtf8(bytes.subarray(i === 0 ? 0 : ends[i - 1], end)))
      expect(firstInvalidText(values)).toBe(expected)
    },
  ),
  { runs: 800 },
)
