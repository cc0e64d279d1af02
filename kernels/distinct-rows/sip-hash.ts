// SipHash-1-3 with 128 bits of output (Aumasson, Bernstein: "SipHash: a fast short-input PRF"), for bytes in pieces.

/** The second to fourth of a state's four lanes of 64 bits. */
const V1: usize = 8
const V2: usize = 16
const V3: usize = 24

const LAST_WORD: usize = memory.data(8)
/** Absorbing zeros only applies the rounds. */
const THREE_ROUNDS: usize = memory.data(24)

/** @param key - 16 bytes. */
export function startSip(state: usize, key: usize): void {
  const k0 = load<u64>(key)
  const k1 = load<u64>(key, 8)
  store<u64>(state, k0 ^ 0x736f6d6570736575)
  store<u64>(state, k1 ^ 0x646f72616e646f6d ^ 0xee, V1)
  store<u64>(state, k0 ^ 0x6c7967656e657261, V2)
  store<u64>(state, k1 ^ 0x7465646279746573, V3)
}

/** @param length - a multiple of eight. */
export function absorbSip(state: usize, from: usize, length: usize): void {
  let v0 = load<u64>(state)
  let v1 = load<u64>(state, V1)
  let v2 = load<u64>(state, V2)
  let v3 = load<u64>(state, V3)
  for (const end = from + length; from < end; from += 8) {
    const word = load<u64>(from)
    v3 ^= word
    v0 += v1
    v2 += v3
    v1 = rotl(v1, 13) ^ v0
    v3 = rotl(v3, 16) ^ v2
    v0 = rotl(v0, 32)
    v2 += v1
    v0 += v3
    v1 = rotl(v1, 17) ^ v2
    v3 = rotl(v3, 21) ^ v0
    v2 = rotl(v2, 32)
    v0 ^= word
  }
  store<u64>(state, v0)
  store<u64>(state, v1, V1)
  store<u64>(state, v2, V2)
  store<u64>(state, v3, V3)
}

/**
 * Absorb the last bytes, fewer than eight, and write the 16 bytes of the hash.
 *
 * @param length - of all bytes, these included.
 */
export function endSip(state: usize, from: usize, length: usize, to: usize): void {
  const rest = load<u64>(from) & (((<u64>1) << (8 * (length & 7))) - 1)
  store<u64>(LAST_WORD, rest | ((<u64>length) << 56))
  absorbSip(state, LAST_WORD, 8)
  store<u64>(state, load<u64>(state, V2) ^ 0xee, V2)
  endRounds(state, to)
  store<u64>(state, load<u64>(state, V1) ^ 0xdd, V1)
  endRounds(state, to + 8)
}

function endRounds(state: usize, to: usize): void {
  absorbSip(state, THREE_ROUNDS, 24)
  store<u64>(to, load<u64>(state) ^ load<u64>(state, V1) ^ load<u64>(state, V2) ^ load<u64>(state, V3))
}
