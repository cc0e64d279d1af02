import { MillraceError } from '../errors.ts'
import type { Partition } from './row-partitions.ts'

const MAX_KEY_BYTES = 1024

/**
 * Normalize a prefix of keys: empty, or with a final slash.
 *
 * @throws MillraceError `OPTION_INVALID` for segments that HTTP resolves.
 */
export function prefixOf(entry: string, prefix: string): string {
  if (prefix.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw new MillraceError('OPTION_INVALID', `${entry}: prefix must not contain the segments . and ..`)
  }
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
}

/** Make the key of a partition's file. Its first bytes show whether it is compressed. */
export function keyOfFile(prefix: string, name: string, format: string) {
  return ({ path }: Partition, index: number, head: Uint8Array = new Uint8Array(0)): string => {
    const key = `${prefix}${path}${name}-${String(index).padStart(5, '0')}.${format}${wrapping(format, head)}`
    if (Buffer.byteLength(key) <= MAX_KEY_BYTES) return key
    const rule = `a key would exceed the ${MAX_KEY_BYTES} bytes of S3; partition by byBucket or a shorter value`
    throw new MillraceError('LIMIT_EXCEEDED', rule)
  }
}

function wrapping(format: string, [first, second, third, fourth]: Uint8Array): string {
  if (format === 'parquet') return ''
  if (first === 0x1f && second === 0x8b) return '.gz'
  return first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd ? '.zst' : ''
}
