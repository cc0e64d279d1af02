import { expect, test } from 'vitest'
import { unpackBits, unpackLongs } from '../../../../../src/codecs/parquet/read/encodings/bit-unpack.ts'

const COUNT = 19
const noise = (at: number) => BigInt.asUintN(64, BigInt(at + 1) * 0x9e3779b97f4a7c15n)

/** Values behind `bit` bits of ones. */
function packedFrom(bit: number, values: readonly bigint[], width: number): Uint8Array {
  const all = values.reduce((sum, value, at) => sum | (value << BigInt(at * width + bit)), (1n << BigInt(bit)) - 1n)
  const length = Math.ceil((values.length * width + bit) / 8)
  return Uint8Array.from({ length }, (_, at) => Number((all >> BigInt(8 * at)) & 255n))
}

test.each(Array.from({ length: 33 }, (_, width) => width))('%i bits from any bit', (width) => {
  const values = Array.from({ length: COUNT }, (_, at) => BigInt.asUintN(width, noise(at)))
  for (let bit = 0; bit < 8; bit++) {
    const bytes = packedFrom(bit, values, width)
    const out = new Int32Array(COUNT + 2).fill(-7)
    unpackBits(bytes, 0, bit, width, out, 1, COUNT)
    expect([...out]).toEqual([-7, ...values.map((value) => Number(BigInt.asIntN(32, value))), -7])
  }
})

test.each([33, 40, 47, 56, 63, 64])('%i bits as two words, from any bit', (width) => {
  const values = Array.from({ length: COUNT }, (_, at) => BigInt.asUintN(width, noise(at)))
  for (let bit = 0; bit < 8; bit++) {
    const bytes = packedFrom(bit, values, width)
    const out = new Int32Array(2 * COUNT)
    unpackLongs(bytes, 0, bit, width, out, 0, COUNT)
    expect([...new BigUint64Array(out.buffer)]).toEqual(values)
  }
})
