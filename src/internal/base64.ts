/** The bytes of base64 text with padding, undefined where it is not exactly what encoding them gives. */
export function base64Bytes(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
