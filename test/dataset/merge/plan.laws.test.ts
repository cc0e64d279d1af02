import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lengthOf, type PartLimits, type Piece, planParts, S3_PARTS } from '../../../src/dataset/merge/plan.ts'
import { law } from '../../support/law.ts'

const MIN = 10
const limits = fc.record({
  minBytes: fc.constant(MIN),
  maxBytes: fc.integer({ min: 2 * MIN, max: 200 }),
  maxParts: fc.constant(10_000),
  sendBytes: fc.integer({ min: MIN, max: 40 }),
  copyBytes: fc.integer({ min: 1, max: 100 }),
})

/** Sources of any sizes; what a source has no more bytes than a part for cannot be copied. */
const sources = fc.array(fc.tuple(fc.nat(3), fc.oneof(fc.nat(12), fc.nat(400)), fc.nat(5)), { maxLength: 12 })
const tail = fc.integer({ min: 1, max: 60 })

function piecesOf(sizes: readonly (readonly [number, number, number])[], tailBytes: number): Piece[] {
  const data = sizes.map(
    ([start, length, rest], source): Piece => ({
      source,
      start,
      end: start + length,
      isCopyable: start + length + rest > MIN,
    }),
  )
  return [{ bytes: new Uint8Array(4) }, ...data, { bytes: new Uint8Array(tailBytes) }]
}

/** Every byte of the target by its origin. */
function origins(pieces: readonly Piece[]): string[] {
  return pieces.flatMap((piece, place) =>
    Array.from({ length: lengthOf(piece) }, (_, at) =>
      'bytes' in piece ? `here ${place} ${at}` : `${piece.source} ${piece.start + at}`,
    ),
  )
}

function planOf(pieces: readonly Piece[], by: PartLimits) {
  const parts = planParts(pieces, by)
  const sizes = parts.map((part) => (part.kind === 'copy' ? part.end - part.start : part.length))
  const read = parts.flatMap((part) => (part.kind === 'copy' ? [] : part.pieces.filter((piece) => 'source' in piece)))
  return { parts, sizes, readBytes: read.reduce((sum, piece) => sum + lengthOf(piece), 0) }
}

law(
  'mergeParquet, plan: the parts are the bytes of the sources in order, and all except the last have a size that S3 accepts',
  fc.property(sources, tail, limits, (sizes, tailBytes, by) => {
    const pieces = piecesOf(sizes, tailBytes)
    const { parts, sizes: partSizes } = planOf(pieces, by)
    const flat = parts.flatMap((part): readonly Piece[] =>
      part.kind === 'copy' ? [{ ...part, isCopyable: true }] : part.pieces,
    )
    const text = (pieces: readonly Piece[]) => origins(pieces).map((origin) => origin.replace(/^here \d+ \d+$/, 'here'))
    expect(text(flat)).toEqual(text(pieces))
    for (const size of partSizes.slice(0, -1)) expect(size).toBeGreaterThanOrEqual(by.minBytes)
    for (const [index, part] of parts.entries()) {
      if (part.kind === 'send') expect(part.length).toBe(part.pieces.reduce((sum, piece) => sum + lengthOf(piece), 0))
      expect(partSizes[index]).toBeLessThanOrEqual(part.kind === 'copy' ? by.maxBytes : by.sendBytes + by.minBytes)
      expect(partSizes[index]).toBeGreaterThan(0)
      if (part.kind === 'copy')
        expect(pieces.some((piece) => 'source' in piece && piece.source === part.source && piece.isCopyable)).toBe(true)
    }
  }),
  { runs: 1000 },
)

law(
  'mergeParquet, plan: at most two minimum parts of a copyable source are read, and none without a smaller source before it',
  fc.property(sources, tail, limits, (sizes, tailBytes, by) => {
    const pieces = piecesOf(sizes, tailBytes)
    const { parts } = planOf(pieces, by)
    const readOf = new Map<number, number>()
    for (const part of parts) {
      if (part.kind === 'copy') continue
      for (const piece of part.pieces) {
        if ('source' in piece) readOf.set(piece.source, (readOf.get(piece.source) ?? 0) + lengthOf(piece))
      }
    }
    for (const piece of pieces) {
      if ('source' in piece && piece.isCopyable) expect(readOf.get(piece.source) ?? 0).toBeLessThan(2 * MIN)
    }
    const large = planOf(
      pieces.filter((piece) => 'source' in piece && piece.isCopyable && lengthOf(piece) >= MIN),
      by,
    )
    expect(large.readBytes).toBe(0)
  }),
  { runs: 1000 },
)

const GIB = 2 ** 30
const large = (source: number, bytes: number): Piece => ({ source, start: 0, end: bytes, isCopyable: true })

test('terabytes fit into the parts that S3 accepts, each at most 5 GiB', () => {
  const { parts, sizes } = planOf([large(0, 4500 * GIB), large(1, 500 * GIB), { bytes: new Uint8Array(9) }], S3_PARTS)
  expect(parts.length).toBeLessThan(10_000)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(5 * GIB)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5000 * GIB + 9)
})

test('more parts than S3 accepts are rejected', () => {
  const pieces = Array.from({ length: 10_001 }, (_, source) => large(source, 6 * 2 ** 20))
  expect(() => planParts(pieces, S3_PARTS)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
  expect(planParts(pieces.slice(1), S3_PARTS)).toHaveLength(10_000)
})
