/** Bit `index` of an Arrow bitmap, least significant first. */
export function isValid(bitmap: Uint8Array, index: number): boolean {
  return (((bitmap[index >> 3] ?? 0) >> (index & 7)) & 1) !== 0
}
