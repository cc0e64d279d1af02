/** Bytes that a text reader processes at a time: they stay in the processor's cache meanwhile. */
const SLICE_BYTES = 256 * 1024

/** Split bytes into slices of the size that a text reader processes at a time. */
export function* slices(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES)
}
