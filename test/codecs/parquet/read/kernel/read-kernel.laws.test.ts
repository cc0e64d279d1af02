import fc from 'fast-check'
import { snappyCompressor } from 'hysnappy'
import { describe, expect } from 'vitest'
import {
  byteValues,
  type Dictionary,
  fixedValues,
  usedBytes,
  type Values,
} from '../../../../../src/codecs/parquet/read/bytes/value-buffers.ts'
import { spread } from '../../../../../src/codecs/parquet/read/columns/spread.ts'
import { plainDecoder } from '../../../../../src/codecs/parquet/read/encodings/decode-plain.ts'
import type { ValueDecoder } from '../../../../../src/codecs/parquet/read/encodings/decoder.ts'
import { dictionaryDecoder } from '../../../../../src/codecs/parquet/read/encodings/dictionary.ts'
import { hybridReader } from '../../../../../src/codecs/parquet/read/encodings/hybrid-reader.ts'
import { bitsOfBytes } from '../../../../../src/codecs/parquet/read/kernel/booleans.ts'
import { inflateInKernel } from '../../../../../src/codecs/parquet/read/kernel/inflate-snappy.ts'
import {
  PIECE_BYTES,
  PIECE_VALUES,
  type ReadKernel,
  readKernels,
} from '../../../../../src/codecs/parquet/read/kernel/read-kernel.ts'
import { snappyInflate } from '../../../../../src/codecs/parquet/read/pages/snappy-decompress.ts'
import { law } from '../../../../support/law.ts'

const kernels = readKernels(1 << 20)

/** The kernel, without dictionaries, all that is free full of noise, so that what is read or left there is found out. */
function noisyKernel(): ReadKernel {
  const kernel = kernels.start()
  if (kernel === undefined) throw new Error('the kernel was not started')
  kernels.dropDictionaries()
  const { memory, input } = kernel
  memory.release(memory.reserve(1 << 20))
  memory.bytes.fill(0xa5, input)
  return kernel
}

/** What a call makes, or the message of its error. */
function outcome<T>(call: () => T): T | string {
  try {
    return call()
  } catch (error) {
    return String(error)
  }
}

describe('snappy', () => {
  const inflated = (inflate: (output: Uint8Array) => void, size: number) =>
    outcome(() => {
      const output = new Uint8Array(size)
      inflate(output)
      return output
    })

  const expectSame = (block: Uint8Array, size: number) => {
    const kernel = noisyKernel()
    const top = kernel.memory.top
    const ours = inflated((output) => inflateInKernel(kernel, block, output), size)
    const theirs = inflated((output) => snappyInflate(block, output), size)
    if (typeof ours === 'string' || typeof theirs === 'string') expect(ours).toBe(theirs)
    else expect(Buffer.compare(ours, theirs)).toBe(0)
    expect(kernel.memory.top).toBe(top)
    return ours
  }

  const compress = snappyCompressor()
  const repetitive = fc
    .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 70 }), fc.integer({ min: 1, max: 40 })), { maxLength: 40 })
    .map((parts) => Buffer.concat(parts.flatMap(([bytes, times]) => new Array<Uint8Array>(times).fill(bytes))))
  const large = fc
    .tuple(repetitive, fc.integer({ min: 1, max: 200 }))
    .map(([bytes, times]) => Buffer.concat(new Array<Buffer>(times).fill(bytes)).subarray(0, 300_000))

  law(
    'parquet kernel, snappy: blocks of any size inflate to the bytes compressed',
    fc.property(fc.oneof(repetitive, large), (bytes) => {
      const inflated = expectSame(compress(bytes), bytes.length)
      expect(typeof inflated !== 'string' && Buffer.compare(inflated, bytes)).toBe(0)
    }),
  )

  const element = fc.oneof(
    fc.record({ literal: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 70_000 })) }),
    fc.record({
      kind: fc.constantFrom(1, 2, 3),
      length: fc.integer({ min: 1, max: 64 }),
      distance: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.nat(70_000)),
    }),
  )

  law(
    'parquet kernel, snappy: any elements inflate or are rejected as in TypeScript',
    fc.property(fc.array(element, { maxLength: 60 }), fc.integer({ min: -3, max: 3 }), (elements, off) => {
      const out: number[] = []
      let size = 0
      for (const part of elements) {
        if ('literal' in part) {
          const less = part.literal - 1
          const bytes = less < 60 ? 0 : less < 256 ? 1 : less < 65_536 ? 2 : 3
          out.push((bytes === 0 ? less : 59 + bytes) << 2)
          for (let i = 0; i < bytes; i++) out.push((less >> (8 * i)) & 255)
          for (let i = 0; i <= less; i++) out.push((size + i * 7) & 255)
          size += part.literal
          continue
        }
        const { kind, distance } = part
        const length = kind === 1 ? 4 + (part.length & 7) : part.length
        if (kind === 1) out.push(1 | ((length - 4) << 2) | (((distance >> 8) & 7) << 5), distance & 255)
        else out.push(kind | ((length - 1) << 2), ...littleEndian(distance, kind === 2 ? 2 : 4))
        size += length
      }
      const total = Math.max(0, size + off)
      expectSame(Uint8Array.from([...varint(total), ...out]), total)
    }),
  )

  law(
    'parquet kernel, snappy: damaged blocks fail as in TypeScript',
    fc.property(
      repetitive,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(),
      (bytes, faults, cut) => {
        const block = compress(bytes).slice()
        for (const [at, value] of faults) block[at % block.length] = value
        expectSame(block.subarray(0, 1 + (cut % block.length)), bytes.length)
      },
    ),
  )
})

function varint(value: number): number[] {
  const out: number[] = []
  for (; value > 127; value = Math.floor(value / 128)) out.push((value & 127) | 128)
  return [...out, value]
}

function littleEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => (value >>> (8 * i)) & 255)
}

/** Cut `count` into pieces of these sizes, again and again. */
function pieces(count: number, sizes: readonly number[]): number[] {
  const out: number[] = []
  for (let left = count, i = 0; left > 0; i++) {
    const take = Math.min(left, sizes[i % sizes.length] ?? left)
    out.push(take)
    left -= take
  }
  return out
}

/** Read `count` values in pieces: the values, and the error that ended it. */
function readIn(decoder: ValueDecoder, cuts: readonly number[], into: Values) {
  const error = outcome(() => {
    for (const take of cuts) decoder.read(take, into)
  })
  const { count } = into
  const bytes = Buffer.from(into.bytes.subarray(0, into.kind === 'fixed' ? count * into.width : usedBytes(into)))
  const offsets = into.kind === 'fixed' ? Buffer.alloc(0) : Buffer.from(into.offsets.slice(0, count + 1).buffer)
  return { error, count, bytes, offsets }
}

function expectEqualReads(ours: ReturnType<typeof readIn>, theirs: ReturnType<typeof readIn>): void {
  // A page with two faults may be refused for either. What a failed call has appended before is nobody's business.
  expect(ours.error === undefined).toBe(theirs.error === undefined)
  if (ours.error !== undefined) return
  expect(ours.count).toBe(theirs.count)
  expect(Buffer.compare(ours.bytes, theirs.bytes)).toBe(0)
  expect(Buffer.compare(ours.offsets, theirs.offsets)).toBe(0)
}

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20_000 })), { maxLength: 4 })
const shortText = fc.uint8Array({ maxLength: 40 })
const longText = fc.oneof(fc.integer({ min: 200, max: 2000 }), fc.constantFrom(PIECE_BYTES - 4, PIECE_BYTES + 1))
const someText = fc.oneof(
  { arbitrary: shortText, weight: 12 },
  { arbitrary: longText.map((length) => new Uint8Array(length).fill(length & 255)), weight: 1 },
)
const texts = fc
  .tuple(fc.array(someText, { minLength: 1, maxLength: 60 }), fc.constantFrom(1, 1, 1, 2, 200))
  .map(([some, times]) => new Array<readonly Uint8Array[]>(times).fill(some).flat())

law(
  'parquet kernel, texts: plain byte strings in any pieces, including damaged ones, are read or rejected as in TypeScript',
  fc.property(
    texts,
    sizes,
    fc.oneof(fc.constant(0), fc.nat(20)),
    fc.option(fc.tuple(fc.nat(), fc.nat(255))),
    (list, cuts, missing, fault) => {
      const page = Buffer.concat(list.flatMap((text) => [Uint8Array.from(littleEndian(text.length, 4)), text]))
      if (fault !== null) page[fault[0] % page.length] = fault[1]
      const bytes = page.subarray(0, Math.max(0, page.length - missing))
      const read = (kernel?: ReadKernel) => {
        const decoder = plainDecoder(bytes, 'BYTE_ARRAY', 0, list.length, kernel)
        return readIn(decoder, pieces(list.length, cuts), byteValues(0))
      }
      const kernel = noisyKernel()
      const top = kernel.memory.top
      expectEqualReads(read(kernel), read())
      expect(kernel.memory.top).toBe(top)
    },
  ),
)

/** Runs of both kinds, of these values. */
function hybrid(parts: readonly (readonly [value: number, count: number, isPacked: boolean])[], width: number) {
  const out: number[] = []
  for (const [value, count, isPacked] of parts) {
    if (!isPacked) {
      out.push(...varint(count * 2), ...littleEndian(value, (width + 7) >> 3))
      continue
    }
    const groups = Math.ceil(count / 8)
    out.push(...varint(groups * 2 + 1))
    let held = 0n
    for (let i = 7; i >= 0; i--) held = (held << BigInt(width)) | BigInt(i % 3 === 0 ? value : value >>> i)
    const group = Array.from({ length: width }, (_, i) => Number((held >> BigInt(8 * i)) & 255n))
    for (let i = 0; i < groups; i++) out.push(...group)
  }
  return out
}

const dictionaries: fc.Arbitrary<Dictionary> = fc.oneof(
  fc.tuple(fc.constantFrom(1, 2, 4, 8, 16, 5), fc.integer({ min: 1, max: 300 })).map(([width, count]) => {
    const values = fixedValues(width, count)
    for (let i = 0; i < width * count; i++) values.bytes[i] = (i * 31) & 255
    return { values: Object.assign(values, { count }), longestValue: 0, checked: true }
  }),
  fc
    .array(fc.oneof(shortText, fc.uint8Array({ minLength: 250, maxLength: 1100 })), { minLength: 1, maxLength: 40 })
    .map((list) => {
      const values = byteValues(list.length)
      let end = 0
      for (const [i, text] of list.entries()) values.offsets[i + 1] = end += text.length
      const longestValue = Math.max(1, ...list.map(({ length }) => length))
      return {
        values: Object.assign(values, { count: list.length, bytes: Buffer.concat(list) }),
        longestValue,
        checked: true,
      }
    }),
)

const run = (most: number) =>
  fc.tuple(
    fc.nat(most),
    fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: PIECE_VALUES + 9 })),
    fc.boolean(),
  )

const indexRuns = fc.integer({ min: 0, max: 32 }).chain((width) =>
  fc.tuple(
    fc.constant(width),
    // Beyond the dictionary, at times.
    fc.array(run(Math.min(2 ** width - 1, 320)), { maxLength: 12 }),
  ),
)

law(
  'parquet kernel, dictionaries: values in any pieces, also of damaged pages, are read or rejected as in TypeScript',
  fc.property(
    dictionaries,
    indexRuns,
    sizes,
    fc.option(fc.tuple(fc.nat(), fc.nat(255))),
    (dictionary, [width, parts], cuts, fault) => {
      const bytes = Uint8Array.from([width, ...hybrid(parts, width)])
      if (fault !== null) bytes[fault[0] % bytes.length] = fault[1]
      const count = parts.reduce((sum, [, length]) => sum + length, 0)
      const { values } = dictionary
      const read = (kernel?: ReadKernel) => {
        const into = values.kind === 'bytes' ? byteValues(0) : fixedValues(values.width, 0)
        return readIn(dictionaryDecoder(bytes, dictionary, kernel), pieces(count, cuts), into)
      }
      const theirs = outcome(() => read())
      const ours = outcome(() => read(noisyKernel()))
      if (typeof ours === 'string' || typeof theirs === 'string') expect(ours).toBe(theirs)
      else expectEqualReads(ours, theirs)
    },
  ),
)

law(
  'parquet kernel, levels: a bitmap from any bit on, of damaged runs too, comes or is refused as in TypeScript',
  fc.property(
    fc.array(run(1), { maxLength: 12 }),
    fc.nat(20),
    sizes,
    fc.option(fc.tuple(fc.nat(), fc.nat(255))),
    (parts, start, cuts, fault) => {
      const bytes = Uint8Array.from([0, ...hybrid(parts, 1)])
      if (fault !== null) bytes[fault[0] % bytes.length] = fault[1]
      const count = parts.reduce((sum, [, length]) => sum + length, 0)
      const read = (kernel?: ReadKernel) => {
        const bitmap = new Uint8Array((start + count + 7) >> 3)
        bitmap[0] = (1 << Math.min(start, 8)) - 1
        const reader = hybridReader(bytes, 1, bytes.length, 1, kernel)
        const ones: number[] = []
        const error = outcome(() => {
          let at = start
          for (const take of pieces(count, cuts)) {
            ones.push(reader.readBits(bitmap, at, take))
            at += take
          }
        })
        return error === undefined ? { bitmap, ones } : error
      }
      expect(read(noisyKernel())).toEqual(read())
    },
  ),
)

law(
  'parquet kernel, nulls: values move to their slots as in TypeScript',
  fc.property(
    fc.constantFrom('bytes' as const, 1, 2, 4, 8, 16, 12),
    fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 3000 })), { maxLength: 12 }),
    fc.array(fc.boolean(), { maxLength: 40 }),
    (width, stretches, single) => {
      const valid = [...stretches.flatMap(([bit, count]) => new Array<boolean>(count).fill(bit)), ...single]
      const bitmap = new Uint8Array((valid.length + 7) >> 3)
      for (const [i, bit] of valid.entries()) bitmap[i >> 3] = (bitmap[i >> 3] as number) | (Number(bit) << (i & 7))
      const present = valid.filter(Boolean).length
      const spreadWith = (kernel?: ReadKernel) => {
        const values: Values = width === 'bytes' ? byteValues(valid.length) : fixedValues(width, valid.length)
        if (values.kind === 'fixed')
          for (let i = 0; i < present * values.width; i++) values.bytes[i] = 1 + ((i * 7) & 127)
        else for (let i = 0; i <= present; i++) values.offsets[i] = i * 5
        values.count = present
        spread(values, valid.length, bitmap, kernel)
        return values.kind === 'fixed' ? values.bytes : values.offsets
      }
      const [ours, theirs] = [spreadWith(noisyKernel()), spreadWith()]
      expect(Buffer.compare(new Uint8Array(ours.buffer), new Uint8Array(theirs.buffer))).toBe(0)
    },
  ),
)

law(
  'parquet kernel, booleans: bits of a page in any pieces, packed again, are those of TypeScript',
  fc.property(
    fc.uint8Array({ maxLength: 30 }),
    fc.constantFrom(1, 1, 600),
    fc.nat(7),
    sizes,
    (some, times, less, cuts) => {
      const bytes = Buffer.concat(new Array<Uint8Array>(times).fill(some))
      const count = Math.max(0, bytes.length * 8 - less)
      const read = (kernel?: ReadKernel) => {
        const into = fixedValues(1, count)
        const decoder = plainDecoder(bytes, 'BOOLEAN', 1, count, kernel)
        for (const take of pieces(count, cuts)) decoder.read(take, into)
        return Buffer.from(into.bytes)
      }
      const kernel = noisyKernel()
      const values = read(kernel)
      expect(Buffer.compare(values, read())).toBe(0)
      const bits = Buffer.alloc((count + 7) >> 3)
      bitsOfBytes(kernel, values, count, bits)
      const last = bytes.subarray(0, bits.length)
      if (count % 8 > 0) last[last.length - 1] = (last.at(-1) as number) & ((1 << (count % 8)) - 1)
      expect(Buffer.compare(bits, last)).toBe(0)
    },
  ),
)
