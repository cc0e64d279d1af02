/** A copy of some bytes, which keeps no others in memory: `slice` of a Buffer is a view. */
export function copyOf(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end))
}
