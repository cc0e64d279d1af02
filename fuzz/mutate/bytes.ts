import type { Random } from '../random.ts'
import type { Mutator, Pool } from './mutator.ts'

/** Inputs beyond this are cut: most cases are small, so that many are run. They still cross the ends of the windows, blocks and batches under test. */
const MAX_BYTES = 2048
const EDGES = [0, 1, 2, 7, 8, 9, 10, 13, 31, 32, 34, 44, 63, 64, 65, 92, 127, 128, 129, 192, 224, 239, 240, 254, 255]
const WIDE_EDGES = [0, 1, -1, 127, 128, 255, 256, 32_767, 65_535, 2 ** 31 - 1, -(2 ** 31), 2 ** 24]

/**
 * Make a mutator of bytes: some of them set, flipped, cut out, repeated, moved, or taken from another input.
 *
 * @param start - bytes at the start that are choices of the surface, and are never moved.
 */
export function mutateBytes(start = 0): Mutator {
  return (input, random, pool) => {
    const choices = input.slice(0, start)
    if (start > 0 && random.once(4)) choices[random.below(start)] = random.below(256)
    let bytes: Uint8Array = input.slice(start)
    const other = (): Uint8Array => pool.other().subarray(start)
    for (let turns = 1 << random.below(4); turns > 0; turns--) bytes = changed(bytes, random, pool, other)
    const whole = new Uint8Array(start + Math.min(bytes.length, MAX_BYTES))
    whole.set(choices)
    whole.set(bytes.subarray(0, MAX_BYTES), start)
    return whole
  }
}

/** Change bytes in one place. */
export function changed(bytes: Uint8Array, random: Random, pool: Pool, other: () => Uint8Array): Uint8Array {
  const kind = random.below(12)
  if (kind < 5 && bytes.length > 0) return changedInPlace(bytes, random)
  const at = random.below(bytes.length + 1)
  const length = 1 + random.below(Math.min(random.once(4) ? bytes.length : 8, 2000) + 1)
  if (kind === 5) return spliced(bytes, at, length, NOTHING)
  if (kind === 6) return spliced(bytes, at, 0, bytes.subarray(at, at + length))
  if (kind === 7 && pool.words.length > 0)
    return spliced(bytes, at, random.once(2) ? length : 0, random.pick(pool.words))
  if (kind === 8) return spliced(bytes, at, 0, Uint8Array.of(random.once(2) ? random.below(256) : random.pick(EDGES)))
  if (kind === 9) {
    const from = other()
    const place = random.below(from.length + 1)
    return spliced(bytes, at, random.once(2) ? length : 0, from.subarray(place, place + length))
  }
  if (kind === 10 && random.once(16)) return repeated(bytes, at, length, 1 + random.below(64))
  const place = random.below(bytes.length + 1)
  return spliced(bytes, at, length, bytes.subarray(place, place + length))
}

/** Change bytes so that all others keep their places. */
export function changedInPlace(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length)
  const byte = bytes[at] as number
  switch (random.below(5)) {
    case 0:
      bytes[at] = byte ^ (1 << random.below(8))
      break
    case 1:
      bytes[at] = random.pick(EDGES)
      break
    case 2:
      bytes[at] = byte + (random.once(2) ? 1 : -1) * (1 + random.below(16))
      break
    case 3:
      bytes[at] = random.below(256)
      break
    default: {
      const width = random.pick([2, 4])
      if (at + width > bytes.length) break
      const edge = random.pick(WIDE_EDGES)
      for (let index = 0; index < width; index++) bytes[at + index] = edge >> (8 * index)
    }
  }
  return bytes
}

const NOTHING = new Uint8Array(0)

function spliced(bytes: Uint8Array, at: number, gone: number, put: Uint8Array): Uint8Array {
  const rest = bytes.subarray(at + gone)
  const whole = new Uint8Array(at + put.length + rest.length)
  whole.set(bytes.subarray(0, at))
  whole.set(put, at)
  whole.set(rest, at + put.length)
  return whole
}

function repeated(bytes: Uint8Array, at: number, length: number, times: number): Uint8Array {
  const piece = bytes.subarray(at, at + length)
  const all = new Uint8Array(piece.length * times)
  for (let turn = 0; turn < times; turn++) all.set(piece, turn * piece.length)
  return spliced(bytes, at, 0, all)
}
