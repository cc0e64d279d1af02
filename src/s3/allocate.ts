import { MillraceError } from '../errors.ts'

/**
 * Allocate so many bytes, whose content is arbitrary.
 *
 * @throws MillraceError `LIMIT_EXCEEDED` where there is none.
 */
export function allocate(bytes: number, what: string, cure: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer)
  } catch (cause) {
    const rule = `this process has no memory for ${what} of ${bytes} bytes; ${cure}, or give it more memory`
    throw new MillraceError('LIMIT_EXCEEDED', rule, { cause })
  }
}
