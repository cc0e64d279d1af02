import type { CodecLimits } from '../codecs/index.ts'
import type { Flag } from './flag.ts'

/** A flag of a limit: a member of the option `limits`, and its name there. */
interface LimitFlag extends Flag<'limits'> {
  readonly limit: keyof CodecLimits
}

/** Limits for hostile files, which large files may need to raise. */
export const LIMIT_FLAGS = {
  'max-inflated-bytes': limit('maxInflatedBytes', 'bytes that the input may inflate to'),
  'max-columns': limit('maxColumns', 'columns; default 10000'),
  'max-depth': limit('maxDepth', 'nesting of lists and objects; default 64'),
  'max-field-bytes': limit('maxFieldBytes', 'bytes of one field; default 64 MiB'),
  'max-row-bytes': limit('maxRowBytes', 'bytes of one row; default 128 MiB'),
} as const satisfies Record<string, LimitFlag>

function limit(name: keyof CodecLimits, help: string): LimitFlag {
  return { option: 'limits', limit: name, kind: 'number', help }
}
