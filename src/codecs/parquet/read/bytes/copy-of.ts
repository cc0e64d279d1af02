/** Copy bytes so that no others stay in memory: `slice` of a Buffer is a view. */
export function copyOf(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end))
}
