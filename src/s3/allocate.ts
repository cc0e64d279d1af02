import { MillraceError } from '../errors.ts'

/**
 * Allocate bytes with arbitrary content.
 *
 * @throws MillraceError `LIMIT_EXCEEDED` if there is not enough memory.
 */
export function allocate(bytes: number, what: string, cure: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer)
  } catch (cause) {
    const rule = `the process has no memory for ${what} of ${bytes} bytes; ${cure}, or raise its memory`
    throw new MillraceError('LIMIT_EXCEEDED', rule, { cause })
  }
}
