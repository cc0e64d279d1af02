import { xxhash64 } from 'hyparquet/src/xxhash.js'
import { createBloomFilter, sbbfInsert } from 'hyparquet-writer/src/bloom.js'
import type { WriteLeaf } from './file-schema.ts'
import { bytesAt, type LeafValues } from './leaf-values.ts'
import type { ValueDictionary } from './value-dictionary.ts'

/**
 * The bloom filter of a chunk: over the hashes of its distinct values' plain bytes, with 1% false positives. About 2
 * microseconds per value, since the format's hash uses 64-bit integers. None for booleans, where it would exclude
 * nothing.
 */
export function bloomFilterOf(
  leaf: WriteLeaf,
  values: LeafValues,
  dictionary: ValueDictionary | undefined,
): Uint32Array | undefined {
  const { kernel, physical, count } = values
  if (physical === 'bits' || count === 0) return undefined
  const hashes = new Set<bigint>()
  const distinct = dictionary?.size ?? count
  for (let at = 0; at < distinct; at++) {
    const bytes = bytesAt(
      values,
      dictionary === undefined ? at : (kernel.memory.words[dictionary.first / 4 + at] as number),
    )
    hashes.add(xxhash64(bytes))
    if (leaf.order === 'float' && isZero(bytes)) for (const zero of zerosOf(bytes)) hashes.add(xxhash64(zero))
  }
  const filter = createBloomFilter(hashes.size)
  for (const hash of hashes) sbbfInsert(filter, hash)
  return filter
}

/** Test whether all bits except the sign are 0. */
function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte, i) => byte === 0 || (i === bytes.length - 1 && byte === 0x80))
}

/** -0 and +0 are equal, so a query for one must find the other. */
function zerosOf({ length }: Uint8Array): Uint8Array[] {
  const negative = new Uint8Array(length)
  negative[length - 1] = 0x80
  return [new Uint8Array(length), negative]
}
