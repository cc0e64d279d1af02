import { MillraceError } from '../errors.ts'
import type { Partition } from './row-partitions.ts'

const MAX_KEY_BYTES = 1024

/**
 * A prefix as keys begin with it: nothing, or with its slash.
 *
 * @throws MillraceError `OPTION_INVALID` for segments that HTTP would resolve.
 */
export function prefixOf(entry: string, prefix: string): string {
  if (prefix.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw new MillraceError('OPTION_INVALID', `${entry}: prefix must not hold the segments . and ..`)
  }
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
}

/** The key of a partition's file. Compression around it shows in its first bytes. */
export function keyOfFile(prefix: string, name: string, format: string) {
  return ({ path }: Partition, index: number, head: Uint8Array = new Uint8Array(0)): string => {
    const key = `${prefix}${path}${name}-${String(index).padStart(5, '0')}.${format}${wrapping(format, head)}`
    if (Buffer.byteLength(key) <= MAX_KEY_BYTES) return key
    const rule = `a key would be longer than the ${MAX_KEY_BYTES} bytes that S3 takes; partition by byBucket or a shorter value`
    throw new MillraceError('LIMIT_EXCEEDED', rule)
  }
}

function wrapping(format: string, [first, second, third, fourth]: Uint8Array): string {
  if (format === 'parquet') return ''
  if (first === 0x1f && second === 0x8b) return '.gz'
  return first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd ? '.zst' : ''
}
