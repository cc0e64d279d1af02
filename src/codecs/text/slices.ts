/** Bytes that a reader of text gets at once: they stay in the processor's cache while it works on them. */
const SLICE_BYTES = 256 * 1024

/** Cuts bytes into slices of a size that a reader of text works on at once. */
export function* slices(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  if (bytes.length <= SLICE_BYTES) yield bytes
  else for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES)
}
