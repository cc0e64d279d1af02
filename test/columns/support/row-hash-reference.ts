/** The hash of `kernels/distinct-rows/row-hash.ts` by its definition: slow, and in whole numbers alone. */
export function referenceHash(key: Uint8Array, row: readonly (bigint | Uint8Array | null)[]): string {
  const random = expandedKey(key, END_BYTES + row.length * COLUMN_BYTES)
  const sums = [0n, 0n, 0n, 0n]
  row.forEach((cell, column) => {
    const keys = random.subarray(END_BYTES + column * COLUMN_BYTES)
    const words = cell === null ? [] : typeof cell === 'bigint' ? [BigInt.asUintN(64, cell)] : textWords(key, cell)
    for (let sum = 0; sum < 4; sum++) {
      if (cell === null) sums[sum] = added(sums[sum], integer(keys, sum * 8, 8))
      words.forEach((word, place) => {
        const at = 32 * (place + 1) + 4 * sum
        const lower = BigInt.asUintN(32, word + integer(keys, at, 4))
        const upper = BigInt.asUintN(32, (word >> 32n) + integer(keys, at + 16, 4))
        sums[sum] = added(sums[sum], lower * upper)
      })
    }
  })
  const hash = Buffer.alloc(16)
  sums.forEach((sum, index) => {
    const [a, b, c] = [0, 8, 16].map((at) => integer(random, index * 24 + at, 8)) as [bigint, bigint, bigint]
    hash.writeUInt32LE(Number(added((sum & 0xffffffffn) * a + (sum >> 32n) * b, c) >> 32n), index * 4)
  })
  return hash.toString('hex')
}

const END_BYTES = 96
const COLUMN_BYTES = 544

function expandedKey(key: Uint8Array, length: number): Uint8Array {
  return Buffer.concat(Array.from({ length: length / 16 }, (_, piece) => sipHash(key, bytesOf([BigInt(piece)]))))
}

function textWords(key: Uint8Array, text: Uint8Array): bigint[] {
  const { length } = text
  if (length >= 128) return [BigInt(length) | (128n << 56n), ...wordsOf(sipHash(key, text))]
  const first = new Uint8Array(16)
  first.set(text.subarray(0, 15))
  first[15] = length
  const words = wordsOf(first)
  for (let at = 15; at < length; at += 16) words.push(...wordsOf(text.subarray(Math.min(at, length - 16)).slice(0, 16)))
  return words
}

/** SipHash-1-3 with 128 bits of output. */
export function sipHash(key: Uint8Array, message: Uint8Array): Uint8Array {
  const [k0, k1] = wordsOf(key) as [bigint, bigint]
  let v0 = k0 ^ 0x736f6d6570736575n
  let v1 = k1 ^ 0x646f72616e646f6dn ^ 0xeen
  let v2 = k0 ^ 0x6c7967656e657261n
  let v3 = k1 ^ 0x7465646279746573n
  const rounds = (count: number): void => {
    for (; count > 0; count--) {
      v0 = added(v0, v1)
      v1 = rotated(v1, 13n) ^ v0
      v0 = rotated(v0, 32n)
      v2 = added(v2, v3)
      v3 = rotated(v3, 16n) ^ v2
      v0 = added(v0, v3)
      v3 = rotated(v3, 21n) ^ v0
      v2 = added(v2, v1)
      v1 = rotated(v1, 17n) ^ v2
      v2 = rotated(v2, 32n)
    }
  }
  const padded = new Uint8Array((message.length & ~7) + 8)
  padded.set(message)
  padded[padded.length - 1] = message.length
  for (const word of wordsOf(padded)) {
    v3 ^= word
    rounds(1)
    v0 ^= word
  }
  v2 ^= 0xeen
  rounds(3)
  const first = v0 ^ v1 ^ v2 ^ v3
  v1 ^= 0xddn
  rounds(3)
  return bytesOf([first, v0 ^ v1 ^ v2 ^ v3])
}

function added(left = 0n, right = 0n): bigint {
  return BigInt.asUintN(64, left + right)
}

function rotated(lane: bigint, bits: bigint): bigint {
  return BigInt.asUintN(64, (lane << bits) | (lane >> (64n - bits)))
}

function integer(bytes: Uint8Array, at: number, length: 4 | 8): bigint {
  return Array.from(bytes.subarray(at, at + length)).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

function wordsOf(bytes: Uint8Array): bigint[] {
  return Array.from({ length: bytes.length / 8 }, (_, word) => integer(bytes, word * 8, 8))
}

function bytesOf(words: readonly bigint[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(words).buffer)
}
