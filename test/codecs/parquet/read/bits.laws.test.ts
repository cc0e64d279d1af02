import fc from 'fast-check'
import { expect } from 'vitest'
import { unpackBits, unpackLongs } from '../../../../src/codecs/parquet/read/encodings/bit-unpack.ts'
import { rawInt, rawList, rawStruct } from '../../../../src/codecs/parquet/read/footer/raw-thrift.ts'
import { appendStruct, integerField, listField } from '../../../../src/codecs/parquet/write/append-thrift.ts'
import { byteSink } from '../../../../src/codecs/parquet/write/byte-sink.ts'
import { law } from '../../../support/law.ts'

/** Values of so many bits each, least significant bit first, behind `bit` bits of noise and before a byte of it. */
function packed(values: readonly bigint[], width: number, bit: number): Uint8Array {
  let all = (1n << BigInt(bit)) - 1n
  values.forEach((value, at) => {
    all |= value << BigInt(bit + at * width)
  })
  const bytes = new Uint8Array(Math.ceil((bit + values.length * width) / 8) + 1).fill(0xff)
  for (let at = 0; at < bytes.length - 1; at++) bytes[at] = Number((all >> BigInt(at * 8)) & 0xffn)
  return Buffer.concat([Uint8Array.of(0xaa), bytes])
}

const cases = (min: number, max: number) =>
  fc.tuple(fc.integer({ min, max }), fc.nat(7)).chain(([width, bit]) =>
    fc.record({
      width: fc.constant(width),
      bit: fc.constant(bit),
      values: fc.array(fc.bigInt({ min: 0n, max: 2n ** BigInt(width) - 1n }), { maxLength: 40 }),
    }),
  )

law(
  'parquet: integers of up to 32 bits are unpacked from any bit, and no other memory is written',
  fc.property(cases(0, 32), ({ width, bit, values }) => {
    const out = new Int32Array(values.length + 2).fill(-7)
    unpackBits(packed(values, width, bit), 1, bit, width, out, 1, values.length)
    expect([...out]).toEqual([-7, ...values.map((value) => Number(BigInt.asIntN(32, value))), -7])
  }),
)

law(
  'parquet: integers of 33 to 64 bits are unpacked as pairs of words, from any bit',
  fc.property(cases(33, 64), ({ width, bit, values }) => {
    const out = new Int32Array(2 * values.length + 2).fill(-7)
    unpackLongs(packed(values, width, bit), 1, bit, width, out, 1, values.length)
    const words = values.flatMap((value) => [value, value >> 32n].map((word) => Number(BigInt.asIntN(32, word))))
    expect([...out]).toEqual([-7, ...words, -7])
  }),
)

law(
  'parquet: fields and lists of the metadata round-trip, with any numbers, sizes and values',
  fc.property(
    fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 20 }),
    fc.oneof(fc.integer(), fc.constantFrom(0, 63, 64, -64, -65, 127, 128, 8191, 8192, 2 ** 31 - 1, -(2 ** 31))),
    fc.oneof(fc.nat(40), fc.constantFrom(14, 15, 16, 127, 128)),
    (ids, value, size) => {
      const sink = byteSink(1)
      const items = Array.from(
        { length: size },
        (_, at) => (into: typeof sink) => appendStruct(into, [integerField(1, 5, at)]),
      )
      appendStruct(sink, [...ids.map((id) => integerField(id, 6, value + id)), listField(500, 12, items)])
      const struct = rawStruct(sink.bytes.slice(0, sink.length))
      expect([...struct.keys()]).toEqual([...ids].sort((a, b) => a - b).concat(500))
      for (const id of ids) expect(rawInt(struct.get(id))).toBe(value + id)
      expect(rawList(struct.get(500))?.items.map((item) => rawInt(rawStruct(item).get(1)))).toEqual(
        items.map((_, at) => at),
      )
      expect(() => rawStruct(sink.bytes.slice(0, sink.length - 1))).toThrow(
        expect.objectContaining({ code: 'PARQUET_INVALID' }),
      )
    },
  ),
)
