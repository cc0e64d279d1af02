import fc from 'fast-check'
import { expect } from 'vitest'
import { hybridReader, setBits } from '../../../../../src/codecs/parquet/read/encodings/hybrid-reader.ts'
import { law } from '../../../../support/law.ts'
import { packedRun, repeatedRun } from '../../support/encodings.ts'

law(
  'parquet levels: the bits of a stretch are set, and no others',
  fc.property(fc.nat(40), fc.nat(40), (start, count) => {
    const bitmap = new Uint8Array(12)
    setBits(bitmap, start, count)
    const bits = Array.from({ length: 96 }, (_, i) => ((bitmap[i >> 3] as number) >> (i & 7)) & 1)
    expect(bits).toEqual(bits.map((_, i) => (i >= start && i < start + count ? 1 : 0)))
  }),
  { runs: 400 },
)

const stretch = fc.oneof(
  fc.record({ value: fc.nat(1), count: fc.integer({ min: 1, max: 90 }) }),
  fc.record({ packed: fc.array(fc.nat(1), { minLength: 1, maxLength: 90, size: 'max' }) }),
)

law(
  'parquet levels: long runs of both kinds become a bitmap, from any bit, in any pieces, and their 1 bits are counted',
  fc.property(
    fc.array(stretch, { minLength: 1, maxLength: 6, size: 'max' }),
    fc.nat(9),
    fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 3 }),
    (stretches, start, cuts) => {
      const values = stretches.flatMap((part) =>
        'packed' in part
          ? Array.from({ length: Math.ceil(part.packed.length / 8) * 8 }, (_, i) => part.packed[i] ?? 0)
          : new Array<number>(part.count).fill(part.value),
      )
      const bytes = Uint8Array.from(
        stretches.flatMap((part) =>
          'packed' in part ? packedRun(part.packed, 1) : repeatedRun(part.value, part.count, 1),
        ),
      )
      const bitmap = new Uint8Array((start + values.length + 15) >> 3)
      const reader = hybridReader(bytes, 0, bytes.length, 1)
      for (let at = 0, i = 0; at < values.length; i++) {
        const take = Math.min(values.length - at, cuts[i % cuts.length] ?? values.length)
        const ones = values.slice(at, at + take).filter((value) => value === 1).length
        expect(reader.readBits(bitmap, start + at, take)).toBe(ones)
        at += take
      }
      const bits = Array.from({ length: bitmap.length * 8 }, (_, i) => ((bitmap[i >> 3] as number) >> (i & 7)) & 1)
      expect(bits).toEqual(bits.map((_, i) => values[i - start] ?? 0))
    },
  ),
)
