/** Bytes of encodings, made by hand: libraries at hand write only some of what Encodings.md allows. */

export function varint(value: number | bigint): number[] {
  const out: number[] = []
  let rest = BigInt(value)
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128)
  return [...out, Number(rest)]
}

export function zigzag(value: bigint): number[] {
  return varint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)))
}

/** Unsigned integers of `width` bits, least significant bit first. */
export function packedBits(values: readonly bigint[], width: number): number[] {
  let all = 0n
  for (const [at, value] of values.entries()) all |= BigInt.asUintN(width, value) << BigInt(at * width)
  const bytes = Math.ceil((values.length * width) / 8)
  return Array.from({ length: bytes }, (_, at) => Number((all >> BigInt(8 * at)) & 255n))
}

export interface DeltaBlocks {
  readonly blockValues: number
  readonly miniblocks: number
  /** Bits of each miniblock beyond those that it needs. */
  readonly spare?: number
  /** Width that miniblocks without values claim. */
  readonly unused?: number
}

/** DELTA_BINARY_PACKED of integers of 32 or 64 bits. */
export function deltaPacked(
  values: readonly bigint[],
  bits: 32 | 64,
  { blockValues, miniblocks, spare = 0, unused = 0 }: DeltaBlocks = { blockValues: 128, miniblocks: 4 },
): number[] {
  const out = [...varint(blockValues), ...varint(miniblocks), ...varint(values.length), ...zigzag(values[0] ?? 0n)]
  const deltas = values.slice(1).map((value, at) => BigInt.asIntN(bits, value - (values[at] as bigint)))
  const each = blockValues / miniblocks
  for (let start = 0; start < deltas.length; start += blockValues) {
    const block = deltas.slice(start, start + blockValues)
    const least = block.toSorted((a, b) => (a < b ? -1 : 1))[0] as bigint
    const minis = Array.from({ length: miniblocks }, (_, i) => block.slice(i * each, (i + 1) * each))
    const widths = minis.map((mini) => {
      if (mini.length === 0) return unused
      const needed = Math.max(...mini.map((delta) => widthOf(BigInt.asUintN(bits, delta - least))))
      return Math.min(bits, needed + spare)
    })
    out.push(...zigzag(least), ...widths)
    for (const [i, mini] of minis.entries()) {
      const padded = Array.from({ length: mini.length === 0 ? 0 : each }, (_, at) => (mini[at] ?? least) - least)
      out.push(...packedBits(padded, widths[i] as number))
    }
  }
  return out
}

function widthOf(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length
}

/** A run of `count` equal values of `width` bits. */
export function repeatedRun(value: number, count: number, width: number): number[] {
  return [...varint(count * 2), ...Array.from({ length: (width + 7) >> 3 }, (_, byte) => (value >>> (8 * byte)) & 255)]
}

/** Packed values of `width` bits, in groups of eight. */
export function packedRun(values: readonly number[], width: number): number[] {
  const groups = Math.ceil(values.length / 8)
  const padded = Array.from({ length: groups * 8 }, (_, at) => BigInt(values[at] ?? 0))
  return [...varint(groups * 2 + 1), ...packedBits(padded, width)]
}

export function uint32(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]
}

/** Bytes after their length in four bytes. */
export function prefixed(bytes: Uint8Array | readonly number[]): number[] {
  return [...uint32(bytes.length), ...bytes]
}
