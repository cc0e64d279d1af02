import { Binary, type DataType, Field, Int32, Int64, makeData, Schema } from 'apache-arrow'
import fc from 'fast-check'
import { snappyUncompress } from 'hysnappy'
import { describe, expect } from 'vitest'
import { byteValues } from '../../../../src/codecs/parquet/read/bytes/value-buffers.ts'
import {
  deltaByteArrayDecoder,
  deltaLengthDecoder,
} from '../../../../src/codecs/parquet/read/encodings/delta-byte-array.ts'
import {
  deltaEnd,
  deltaInt32Reader,
  deltaInt64Reader,
} from '../../../../src/codecs/parquet/read/encodings/delta-reader.ts'
import { hybridReader } from '../../../../src/codecs/parquet/read/encodings/hybrid-reader.ts'
import { snappyInflate } from '../../../../src/codecs/parquet/read/pages/snappy-decompress.ts'
import { boundsOf } from '../../../../src/codecs/parquet/write/bounds.ts'
import {
  appendDeltaLengths,
  appendDeltaPrefixes,
  appendDeltas,
} from '../../../../src/codecs/parquet/write/encode-delta.ts'
import { appendPlain } from '../../../../src/codecs/parquet/write/encode-plain.ts'
import { fileSchema, type WriteLeaf } from '../../../../src/codecs/parquet/write/file-schema.ts'
import {
  appendValues,
  emptyValues,
  type LeafValues,
  useValues,
} from '../../../../src/codecs/parquet/write/leaf-values.ts'
import { beginPage, type PageBuffer, pageBytes, roomInPage } from '../../../../src/codecs/parquet/write/page-buffer.ts'
import { appendIndexRuns, appendLevelRuns } from '../../../../src/codecs/parquet/write/rle-hybrid.ts'
import { snappyBytes } from '../../../../src/codecs/parquet/write/snappy-compress.ts'
import { presentSlots } from '../../../../src/codecs/parquet/write/validity.ts'
import { buildDictionary } from '../../../../src/codecs/parquet/write/value-dictionary.ts'
import { type WriteKernel, writeKernel } from '../../../../src/codecs/parquet/write/write-kernel.ts'
import { law } from '../../../support/law.ts'

/** A kernel whose free memory holds noise, so that what is read or left there is found out. */
function noisyKernel(noise = 0xa5): WriteKernel {
  const kernel = writeKernel()
  const top = kernel.memory.reserve(1 << 20)
  kernel.memory.bytes.fill(noise, top)
  kernel.memory.release(top)
  return kernel
}

function pageOf(kernel: WriteKernel, append: (page: PageBuffer) => void): Uint8Array {
  const page = { kernel, start: 0, end: 0 }
  beginPage(page)
  append(page)
  expect(page.end).toBeLessThanOrEqual(kernel.memory.top)
  return pageBytes(page).slice()
}

/** Byte strings as values, in one batch or two: those of the second lie apart. */
function bytesValues(kernel: WriteKernel, list: readonly Uint8Array[], cut = list.length): LeafValues {
  const values = emptyValues(kernel, 'bytes', list.length)
  for (const part of [list.slice(0, cut), list.slice(cut)]) {
    const valueOffsets = new Int32Array(part.length + 1)
    for (const [i, { length }] of part.entries()) valueOffsets[i + 1] = (valueOffsets[i] as number) + length
    const data = makeData({ type: new Binary(), length: part.length, valueOffsets, data: Buffer.concat(part) })
    appendValues(values, { data, slots: undefined, count: part.length }, unfit)
  }
  useValues(values)
  return values
}

function integerValues(kernel: WriteKernel, data: Int32Array | BigInt64Array): LeafValues {
  const type = data instanceof Int32Array ? new Int32() : new Int64()
  const values = emptyValues(kernel, data instanceof Int32Array ? 'word' : 'double-word', data.length)
  appendValues(
    values,
    { data: makeData({ type, length: data.length, data }), slots: undefined, count: data.length },
    unfit,
  )
  useValues(values)
  return values
}

function schemaOf(type: DataType): Schema {
  return new Schema([new Field('c', type, false)])
}

function unfit(): never {
  throw new Error('every value fits')
}

const runs = (max: number) =>
  fc
    .array(fc.tuple(fc.nat(max), fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 80 }))), { maxLength: 60 })
    .map((parts) => parts.flatMap(([value, count]) => new Array<number>(count).fill(value)))

/** Of every length that is treated in its own way, some equal, some equal but for one byte. */
const byteStrings = fc
  .tuple(
    fc.array(fc.uint8Array({ maxLength: 20 }), { minLength: 1, maxLength: 12 }),
    fc.array(fc.tuple(fc.nat(11), fc.constantFrom(0, 0, 1, 7, 8, 9, 15, 16, 17, 40, 200), fc.nat(220)), {
      minLength: 1,
      maxLength: 300,
    }),
  )
  .map(([seeds, picks]) =>
    picks.map(([pick, padding, changed]) => {
      const seed = seeds[pick % seeds.length] as Uint8Array
      const bytes = new Uint8Array(seed.length + padding).fill(0x61)
      bytes.set(seed)
      if (changed < bytes.length) bytes[changed] = (bytes[changed] as number) ^ 1
      return bytes
    }),
  )

describe('snappy', () => {
  const text = fc
    .tuple(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1 }), fc.nat(200_000), fc.nat())
    .map(([words, size, seed]) => {
      const bytes = new Uint8Array(size)
      for (let at = 0; at < size; seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 1) {
        const word = words[seed % words.length] as Uint8Array
        bytes.set(word.subarray(0, size - at), at)
        at += word.length
      }
      return bytes
    })

  law(
    'parquet snappy: two decoders inflate pages of any size to the bytes compressed, within the reserved memory',
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), text), (bytes) => {
      const kernel = noisyKernel()
      const packed = pageOf(kernel, (page) => {
        const at = roomInPage(page, bytes.length)
        kernel.memory.bytes.set(bytes, page.end)
        page.end += bytes.length
        const output = snappyBytes(page)
        expect(output.byteOffset + output.length).toBeLessThanOrEqual(kernel.memory.top)
        expect(output.byteOffset).toBeGreaterThanOrEqual(at)
        page.start = output.byteOffset
        page.end = output.byteOffset + output.length
      })
      const inflated = new Uint8Array(bytes.length)
      snappyInflate(packed, inflated)
      expect(Buffer.compare(inflated, bytes)).toBe(0)
      if (bytes.length > 0) expect(Buffer.compare(snappyUncompress(packed, bytes.length), bytes)).toBe(0)
    }),
  )
})

law(
  'parquet levels and indexes: runs written by the kernel read back, at every width, over any memory',
  fc.property(
    fc.integer({ min: 1, max: 31 }).chain((width) => fc.tuple(fc.constant(width), runs(2 ** width - 1))),
    ([width, values]) => {
      const [indexes, again] = [0xa5, 0].map((noise) => {
        const kernel = noisyKernel(noise)
        const at = kernel.memory.reserve(4 * values.length + 16)
        kernel.memory.words.set(values, at >> 2)
        return pageOf(kernel, (page) => appendIndexRuns(page, at, values.length, width))
      }) as [Uint8Array, Uint8Array]
      expect(Buffer.compare(indexes, again)).toBe(0)
      expect(indexes[0]).toBe(width)
      const runsAlone = indexes.subarray(1)
      const out = new Int32Array(values.length)
      hybridReader(runsAlone, 0, runsAlone.length, width).read(out, 0, values.length)
      expect([...out]).toEqual(values)
      if (width > 8) return
      const levels = pageOf(noisyKernel(), (page) => appendLevelRuns(page, Uint8Array.from(values), width))
      expect(Buffer.compare(levels, runsAlone)).toBe(0)
    },
  ),
)

law(
  'parquet deltas: integers of 32 and 64 bits within the range of deltas read back',
  fc.property(
    fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
    fc.nat(50),
    fc.array(fc.bigInt({ min: 0n, max: 2n ** 51n - 1n }), { minLength: 1, maxLength: 500 }),
    (start, shift, noise) => {
      const kernel = noisyKernel()
      const longs = BigInt64Array.from(noise, (value) => start + (value >> BigInt(shift)))
      const long = pageOf(kernel, (page) => appendDeltas(page, integerValues(kernel, longs), 8, 0, longs.length))
      const longsBack = new BigInt64Array(longs.length)
      deltaInt64Reader(long, 0, long.length).read(new Int32Array(longsBack.buffer), 0, longs.length)
      expect(longsBack).toEqual(longs)

      const ints = Int32Array.from(noise, (value) => Number(BigInt.asIntN(32, start + (value & 0x7fffffffn))))
      const int = pageOf(kernel, (page) => appendDeltas(page, integerValues(kernel, ints), 4, 0, ints.length))
      const intsBack = new Int32Array(ints.length)
      deltaInt32Reader(int, 0, int.length).read(intsBack, 0, ints.length)
      expect(intsBack).toEqual(ints)
      expect(deltaEnd(int, 0, int.length)).toBe(int.length)
    },
  ),
)

law(
  'parquet byte strings: plain, length and prefix encodings round-trip, at any offset',
  fc.property(byteStrings, fc.nat(300), (list, cut) => {
    const kernel = noisyKernel()
    const values = bytesValues(kernel, list, Math.min(cut, list.length))
    const count = list.length
    const plain = pageOf(kernel, (page) => appendPlain(page, values, 0, count))
    const prefixed = list.flatMap((bytes) => [Buffer.from(Uint32Array.of(bytes.length).buffer), bytes])
    expect(Buffer.compare(plain, Buffer.concat(prefixed))).toBe(0)
    for (const decode of [
      deltaLengthDecoder(pageOf(kernel, (page) => appendDeltaLengths(page, values, 0, count))),
      deltaByteArrayDecoder(
        pageOf(kernel, (page) => appendDeltaPrefixes(page, values, 0, count)),
        0,
      ),
    ]) {
      const out = byteValues(0)
      decode.read(count, out)
      expect(list.map((_, i) => out.bytes.slice(out.offsets[i], out.offsets[i + 1]))).toEqual(list)
    }
  }),
)

law(
  'parquet dictionary: values in order of first use, each with its index, like a Map',
  fc.property(byteStrings, fc.nat(2), (list, repeats) => {
    const all = Array.from({ length: 20 + 20 * repeats }, () => list).flat()
    const kernel = noisyKernel()
    const dictionary = buildDictionary(bytesValues(kernel, all))
    const places = new Map<string, number>()
    const expected = all.map((bytes) => {
      const key = Buffer.from(bytes).toString('latin1')
      if (!places.has(key)) places.set(key, places.size)
      return places.get(key)
    })
    if (dictionary === undefined) return
    const { words } = kernel.memory
    expect(dictionary.size).toBe(places.size)
    expect([...words.subarray(dictionary.indexes / 4, dictionary.indexes / 4 + all.length)]).toEqual(expected)
    const first = [...words.subarray(dictionary.first / 4, dictionary.first / 4 + places.size)]
    expect(first).toEqual(first.map((_, place) => expected.indexOf(place)))
  }),
  { runs: 60 },
)

law(
  'parquet dictionary: integers in order of first use, like a Map',
  fc.property(
    fc.integer({ min: 1, max: 9000 }),
    fc.integer({ min: 1, max: 3000 }),
    fc.nat(),
    (count, distinct, seed) => {
      let state = seed
      const numbers = Array.from({ length: count }, () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
        return (state >>> 8) % distinct
      })
      for (const data of [Int32Array.from(numbers), BigInt64Array.from(numbers, (value) => BigInt(value) << 33n)]) {
        const kernel = noisyKernel()
        const dictionary = buildDictionary(integerValues(kernel, data))
        if (dictionary === undefined) continue
        const places = new Map<number, number>()
        const expected = numbers.map((value) => places.get(value) ?? places.set(value, places.size).size - 1)
        expect(dictionary.size).toBe(places.size)
        const at = dictionary.indexes / 4
        expect([...kernel.memory.words.subarray(at, at + count)]).toEqual(expected)
      }
    },
  ),
  { runs: 60 },
)

law(
  'parquet bounds: the first of the least and the first of the greatest byte strings, in the order of Buffer.compare',
  fc.property(byteStrings, (list) => {
    const { leaves } = fileSchema(schemaOf(new Binary()))
    const kernel = noisyKernel()
    const bounds = boundsOf(bytesValues(kernel, list), leaves[0] as WriteLeaf, 0, list.length)
    const sorted = list.map((bytes, i) => ({ bytes, i })).sort((a, b) => Buffer.compare(a.bytes, b.bytes) || a.i - b.i)
    const greatest = sorted.find(({ bytes }) => Buffer.compare(bytes, sorted.at(-1)?.bytes ?? bytes) === 0)
    expect(bounds).toEqual({ min: sorted[0]?.i, max: greatest?.i })
  }),
)

law(
  'parquet bounds: the first of the least and the first of the greatest integers',
  fc.property(
    fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1, maxLength: 99 }),
    (list) => {
      const { leaves } = fileSchema(schemaOf(new Int64()))
      const bounds = boundsOf(
        integerValues(noisyKernel(), BigInt64Array.from(list)),
        leaves[0] as WriteLeaf,
        0,
        list.length,
      )
      const sorted = [...list].sort((a, b) => (a < b ? -1 : 1))
      expect(bounds).toEqual({ min: list.indexOf(sorted[0] as bigint), max: list.indexOf(sorted.at(-1) as bigint) })
    },
  ),
)

law(
  'parquet present values: slots, levels and words of a bitmap from any bit, with any following bits, as in a filter',
  fc.property(
    fc.array(fc.boolean(), { minLength: 1, maxLength: 300 }),
    fc.nat(20),
    fc.constantFrom(1, 2),
    fc.nat(40),
    (valid, offset, width, cut) => {
      const kernel = noisyKernel(0xff)
      const { exports, memory } = kernel
      const all = [...new Array<boolean>(offset).fill(true), ...valid]
      const bitmap = new Uint8Array((all.length + 7) >> 3)
      for (const [i, bit] of all.entries()) if (bit) bitmap[i >> 3] = (bitmap[i >> 3] as number) | (1 << (i & 7))
      // Rows that the bitmap is too short for are null.
      const short = bitmap.subarray(0, Math.max(1, bitmap.length - (cut > 35 ? 1 : 0)))
      const isThere = valid.map((bit, i) => bit && offset + i < 8 * short.length)
      const expected = [...isThere.keys()].filter((i) => isThere[i])
      const slots = new Int32Array(valid.length)
      const levels = new Uint8Array(valid.length + 3)
      const count = presentSlots(kernel, short, offset, valid.length, slots, levels, 3)
      expect([...slots.subarray(0, count)]).toEqual(expected)
      expect([...levels.subarray(3)]).toEqual(isThere.map(Number))

      const top = memory.top
      const at = memory.reserve(levels.length + 16)
      memory.bytes.set(levels, at)
      expect(exports.countLevels(at + 3, valid.length, 1)).toBe(count)
      const from = memory.reserve(8 * valid.length) >> 2
      for (let i = 0; i < valid.length * width; i++) memory.words[from + i] = i * 3
      const places = memory.reserve(4 * count)
      const to = memory.reserve(8 * count)
      memory.words.set(slots.subarray(0, count), places >> 2)
      expect(exports.takeWords(to, from << 2, width, places, count, 0, valid.length)).toBe(1)
      const words = [...memory.words.subarray(to >> 2, (to >> 2) + count * width)]
      expect(words).toEqual(expected.flatMap((slot) => [3 * width * slot, 3 * (2 * slot + 1)].slice(0, width)))
      const last = expected.at(-1)
      if (last !== undefined) expect(exports.takeWords(to, from << 2, width, places, count, 0, last)).toBe(0)
      memory.release(top)
    },
  ),
)
