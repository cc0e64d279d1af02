import fc from 'fast-check'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { deltaBinaryPack, deltaByteArray, deltaLengthByteArray } from 'hyparquet-writer/src/delta.js'
import { snappyCompressor } from 'hysnappy'
import { expect } from 'vitest'
import { byteValues, fixedValues } from '../../../../src/codecs/parquet/read/bytes/value-buffers.ts'
import { spread } from '../../../../src/codecs/parquet/read/columns/spread.ts'
import {
  deltaByteArrayDecoder,
  deltaLengthDecoder,
} from '../../../../src/codecs/parquet/read/encodings/delta-byte-array.ts'
import {
  deltaEnd,
  deltaInt32Reader,
  deltaInt64Reader,
} from '../../../../src/codecs/parquet/read/encodings/delta-reader.ts'
import { gatherFixed } from '../../../../src/codecs/parquet/read/encodings/gather-fixed.ts'
import { hybridReader } from '../../../../src/codecs/parquet/read/encodings/hybrid-reader.ts'
import { lz4Decompress, lz4Raw } from '../../../../src/codecs/parquet/read/pages/lz4.ts'
import { snappyInflate } from '../../../../src/codecs/parquet/read/pages/snappy-decompress.ts'
import { appendConverted, bytesToDecimal } from '../../../../src/codecs/parquet/read/schema/conversions.ts'
import { law } from '../../../support/law.ts'

/** Cut `count` values into pieces, so that a reader has to go on in the middle of its runs. */
function pieces(count: number, sizes: readonly number[]): number[] {
  const out: number[] = []
  for (let left = count, i = 0; left > 0; i++) {
    const take = Math.min(left, sizes.length === 0 ? left : (sizes[i % sizes.length] as number))
    out.push(take)
    left -= take
  }
  return out
}

const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 4 })
/** Runs of equal values and stretches of different ones. */
const runs = (max: number) =>
  fc
    .array(fc.oneof(fc.tuple(fc.nat(max), fc.integer({ min: 1, max: 80 })), fc.tuple(fc.nat(max), fc.constant(1))), {
      maxLength: 60,
    })
    .map((parts) => parts.flatMap(([value, count]) => new Array<number>(count).fill(value)))

/** Runs of eight and more as such, the rest packed, bit by bit as Encodings.md says: no library at hand packs wide values right. */
function hybrid(values: readonly number[], width: number): Uint8Array {
  const out: number[] = []
  const varint = (value: number): void => {
    for (; value > 127; value >>= 7) out.push((value & 127) | 128)
    out.push(value)
  }
  for (let at = 0; at < values.length; ) {
    let run = 1
    while (values[at + run] === values[at]) run++
    if (run >= 8) {
      varint(run << 1)
      for (let byte = 0; byte < (width + 7) >> 3; byte++) out.push(((values[at] as number) >>> (8 * byte)) & 255)
      at += run
      continue
    }
    varint((1 << 1) | 1)
    const group = Array.from({ length: 8 }, (_, i) => values[at + i] ?? 0)
    const bits = group.flatMap((value) => Array.from({ length: width }, (_, bit) => (value >>> bit) & 1))
    for (let byte = 0; byte < width; byte++) {
      out.push(bits.slice(byte * 8, byte * 8 + 8).reduce((sum, bit, i) => sum | (bit << i), 0))
    }
    at += 8
  }
  return Uint8Array.from(out)
}

law(
  'parquet levels and indexes: reading in any pieces returns the values written, at every width',
  fc.property(
    fc.integer({ min: 1, max: 31 }).chain((width) => fc.tuple(fc.constant(width), runs(2 ** width - 1))),
    sizes,
    ([width, values], cuts) => {
      const bytes = hybrid(values, width)
      const reader = hybridReader(bytes, 0, bytes.length, width)
      const out = new Int32Array(values.length)
      let at = 0
      for (const take of pieces(values.length, cuts)) {
        reader.read(out, at, take)
        at += take
      }
      expect([...out]).toEqual(values)
    },
  ),
)

law(
  'parquet levels: runs of bits become a bitmap, from any bit',
  fc.property(runs(1), sizes, fc.nat(9), (values, cuts, start) => {
    const bytes = hybrid(values, 1)
    const reader = hybridReader(bytes, 0, bytes.length, 1)
    const bitmap = new Uint8Array((start + values.length + 7) >> 3)
    let at = start
    let ones = 0
    for (const take of pieces(values.length, cuts)) {
      ones += reader.readBits(bitmap, at, take)
      at += take
    }
    expect(values.map((_, i) => ((bitmap[(start + i) >> 3] as number) >> ((start + i) & 7)) & 1)).toEqual(values)
    expect(ones).toBe(values.filter((value) => value === 1).length)
  }),
)

const int32 = fc.oneof(fc.integer({ min: -100, max: 100 }), fc.integer())
const int64 = fc.oneof(fc.bigInt({ min: -100n, max: 100n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))

law(
  'parquet delta encoding: 32-bit integers, in any pieces',
  fc.property(fc.array(int32, { minLength: 1, maxLength: 400 }), sizes, (values, cuts) => {
    const writer = new ByteWriter()
    deltaBinaryPack(writer, Int32Array.from(values), 'INT32')
    const bytes = writer.getBytes()
    const reader = deltaInt32Reader(bytes, 0, bytes.length)
    const out = new Int32Array(values.length)
    let at = 0
    for (const take of pieces(values.length, cuts)) {
      reader.read(out, at, take)
      at += take
    }
    expect([...out]).toEqual(values)
    expect(deltaEnd(bytes, 0, bytes.length)).toBe(bytes.length)
  }),
)

law(
  'parquet delta encoding: 64-bit integers, in any pieces',
  fc.property(fc.array(int64, { minLength: 1, maxLength: 400 }), sizes, (values, cuts) => {
    const writer = new ByteWriter()
    deltaBinaryPack(writer, BigInt64Array.from(values), 'INT64')
    const bytes = writer.getBytes()
    const reader = deltaInt64Reader(bytes, 0, bytes.length)
    const out = new BigInt64Array(values.length)
    let at = 0
    for (const take of pieces(values.length, cuts)) {
      reader.read(new Int32Array(out.buffer), at, take)
      at += take
    }
    expect([...out]).toEqual(values)
  }),
)

const strings = fc.array(fc.oneof(fc.uint8Array({ maxLength: 6 }), fc.uint8Array({ minLength: 40, maxLength: 90 })), {
  minLength: 1,
  maxLength: 60,
})

law(
  'parquet delta encoding: byte strings, with shared prefixes or without, in any pieces',
  fc.property(strings, sizes, fc.boolean(), (values, cuts, sorted) => {
    const list = sorted ? values.sort(Buffer.compare) : values
    for (const [encode, decoder] of [
      [deltaLengthByteArray, deltaLengthDecoder] as const,
      [deltaByteArray, (page: Uint8Array) => deltaByteArrayDecoder(page, 0)] as const,
    ]) {
      const writer = new ByteWriter()
      encode(writer, list)
      const decode = decoder(writer.getBytes())
      const out = byteValues(0)
      for (const take of pieces(list.length, cuts)) decode.read(take, out)
      expect(list.map((_, i) => out.bytes.slice(out.offsets[i], out.offsets[i + 1]))).toEqual(list)
    }
  }),
)

/** Each way of moving values of a fixed width: units, words, bytes, calls. */
const WIDTHS = [1, 2, 3, 4, 5, 8, 12, 16, 17, 20, 30, 32, 72, 100, 131, 256]

law(
  'parquet dictionary: values are gathered in index order, at every width',
  fc.property(
    fc.constantFrom(...WIDTHS),
    fc.array(fc.nat(8), { maxLength: 50 }),
    fc.nat(3),
    (width, indexes, before) => {
      const from = fixedValues(width, 9)
      from.bytes.forEach((_, i) => {
        from.bytes[i] = (i * 31) % 251
      })
      const into = fixedValues(width, before + indexes.length)
      into.count = before
      gatherFixed(from, Int32Array.from(indexes), indexes.length, into)
      const entries = indexes.flatMap((index) => [...from.bytes.subarray(index * width, (index + 1) * width)])
      expect(into.count).toBe(before + indexes.length)
      expect([...into.bytes]).toEqual([...new Uint8Array(before * width), ...entries])
    },
  ),
)

/** A number of up to 128 bits, and the bytes that it is written in: those that it needs or more. */
const decimal = fc.integer({ min: 1, max: 16 }).chain((bytes) => {
  const end = 1n << BigInt(8 * bytes - 1)
  return fc.tuple(fc.bigInt({ min: -end, max: end - 1n }), fc.integer({ min: bytes, max: 20 }))
})

law(
  'parquet decimals: big-endian bytes of any sufficient length preserve the number',
  fc.property(fc.array(decimal, { maxLength: 20 }), (decimals) => {
    const strings = byteValues(decimals.length)
    strings.bytes = new Uint8Array(decimals.length * 20)
    decimals.forEach(([value, length], i) => {
      const start = strings.offsets[i] as number
      for (let k = 0; k < length; k++) strings.bytes[start + length - 1 - k] = Number((value >> BigInt(8 * k)) & 255n)
      strings.offsets[i + 1] = start + length
    })
    strings.count = decimals.length
    for (const width of [16, 32]) {
      const into = fixedValues(width, decimals.length)
      appendConverted(strings, into, bytesToDecimal(width))
      const longs = new BigInt64Array(into.bytes.buffer)
      decimals.forEach(([value], i) => {
        for (let word = 0; word < width / 8; word++)
          expect(longs[(i * width) / 8 + word]).toBe(BigInt.asIntN(64, value >> BigInt(64 * word)))
      })
    }
  }),
)

law(
  'parquet nulls: dense values move to their slots, at every width',
  fc.property(fc.array(fc.boolean(), { maxLength: 100 }), fc.constantFrom(...WIDTHS), (valid, width) => {
    const bitmap = new Uint8Array((valid.length + 7) >> 3)
    valid.forEach((present, i) => {
      if (present) bitmap[i >> 3] = (bitmap[i >> 3] as number) | (1 << (i & 7))
    })
    const present = valid.filter(Boolean).length
    const values = fixedValues(width, valid.length)
    for (let i = 0; i < present; i++) values.bytes.fill(i + 1, i * width, (i + 1) * width)
    values.count = present
    spread(values, valid.length, bitmap)
    let next = 1
    const expected = valid.flatMap((isPresent) => new Array<number>(width).fill(isPresent ? next++ : 0))
    expect([...values.bytes]).toEqual(expected.map((byte) => byte & 255))
  }),
)

const compress = snappyCompressor()
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 9 })), { maxLength: 30 })
  .map((parts) =>
    Uint8Array.from(parts.flatMap(([bytes, times]) => Array.from({ length: times }, () => [...bytes]).flat())),
  )

law(
  'parquet snappy: inflating returns the bytes compressed',
  fc.property(repetitive, (bytes) => {
    const output = new Uint8Array(bytes.length)
    snappyInflate(compress(bytes), output)
    expect(output).toEqual(bytes)
  }),
)

/** LZ4 of literals, and of matches with what lies `distance` before. */
function lz4Block(bytes: Uint8Array): Uint8Array {
  const out: number[] = []
  const length = (value: number) => {
    for (value -= 15; value >= 255; value -= 255) out.push(255)
    out.push(value)
  }
  let literals = 0
  for (let at = 4; at + 12 < bytes.length; ) {
    let match = 0
    while (at + match + 5 < bytes.length && bytes[at + match] === bytes[at + match - 3]) match++
    if (match < 4) {
      at++
      continue
    }
    const count = at - literals
    out.push((Math.min(count, 15) << 4) | Math.min(match - 4, 15))
    if (count >= 15) length(count)
    out.push(...bytes.subarray(literals, at), 3, 0)
    if (match - 4 >= 15) length(match - 4)
    at += match
    literals = at
  }
  const rest = bytes.length - literals
  out.push(Math.min(rest, 15) << 4)
  if (rest >= 15) length(rest)
  out.push(...bytes.subarray(literals))
  return Uint8Array.from(out)
}

law(
  'parquet LZ4: a raw block and blocks in frames inflate to the bytes compressed',
  fc.property(repetitive, (bytes) => {
    const tripled = Uint8Array.from([...bytes].flatMap((byte) => [byte, byte, byte, byte]))
    const block = lz4Block(tripled)
    const frame = new Uint8Array(block.length + 8)
    new DataView(frame.buffer).setUint32(0, tripled.length)
    new DataView(frame.buffer).setUint32(4, block.length)
    frame.set(block, 8)
    expect(lz4Raw(block, tripled.length)).toEqual(tripled)
    expect(lz4Decompress(frame, tripled.length)).toEqual(tripled)
    expect(lz4Decompress(block, tripled.length)).toEqual(tripled)
  }),
)
