import { MillraceError } from '../errors.ts'
import { checkArgument, checkFields, checkOptions } from '../internal/check-arguments.ts'

export interface OutputKeyOptions {
  /** Prefix of the input, with or without its trailing slash. */
  readonly from: string
  /** Prefix of the output, with or without its trailing slash; `''` is the bucket's root. */
  readonly to: string
  /** Ending of the output, with or without its dot; `''` for none. Default `.parquet`. */
  readonly extension?: string
}

const COMPRESSION_ENDING = /(?<=.)\.(?:gz|gzip|zst)$/is
const FORMAT_ENDING = /(?<=.)\.(?:csv|txt|tsv|json|jsonl|ndjson|parquet|parq|pq)$/is

/**
 * Derive the key of a job's output: the input's key, moved from one prefix to another, with the output's ending.
 *
 * Prefixes are matched by whole segments, so `landing2/` is not under `landing`. Only the endings that `codecFor` reads
 * are removed (one of a compression, one of a format, in any letter case): `v1.2` and `v1.3` remain distinct.
 * The rest of the key is unchanged, empty segments included, since S3 compares keys byte by byte.
 *
 * @param key - decoded key of the input, such as `S3ObjectRef.key`.
 * @returns the key of the output.
 * @throws MillraceError `KEY_OUTSIDE_PREFIX` if the key is not under `from` or names no object there (it ends in a
 * slash), if the key or the result contains a `..` segment, or if the result is under `from`, where it would trigger
 * the job again; `OPTION_INVALID` if `extension` contains a slash.
 * @example
 * outputKey('landing/a/b.csv.gz', { from: 'landing', to: 'processed' }) // => 'processed/a/b.parquet'
 */
export function outputKey(key: string, options: OutputKeyOptions): string {
  checkArgument('outputKey', 'key', key, 'string', CURE)
  checkArgument('outputKey', 'options', options, 'object', CURE)
  checkOptions('outputKey', options, { from: 'string', to: 'string', extension: 'string' })
  checkFields('outputKey', 'options', options, { 'from!': 'string', 'to!': 'string' }, CURE)
  const { from, to, extension = '.parquet' } = options
  if (extension.includes('/')) throw new MillraceError('OPTION_INVALID', 'extension: must not contain a slash')
  const source = asPrefix(from)
  if (!key.startsWith(source)) throw outside('the key is not under the prefix of the option from')
  if (key === source || key.endsWith('/'))
    throw outside('the key ends in a slash or is empty: it names a folder, not an object')

  const nameAt = Math.max(source.length, key.lastIndexOf('/') + 1)
  const stem = key.slice(nameAt).replace(COMPRESSION_ENDING, '').replace(FORMAT_ENDING, '')
  const ending = extension === '' || extension.startsWith('.') ? extension : `.${extension}`
  const output = asPrefix(to) + key.slice(source.length, nameAt) + stem + ending

  if (climbs(key) || climbs(output))
    throw outside('the key contains a segment "..", which could lead outside its prefix')
  if (output.startsWith(source)) {
    throw outside(
      'the output would be under the prefix of the option from and trigger the job again: choose another to',
    )
  }
  return output
}

const CURE = "write outputKey(key, { from: 'landing', to: 'processed' })"

function asPrefix(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
}

function climbs(key: string): boolean {
  return key.split('/').includes('..')
}

function outside(rule: string): MillraceError {
  return new MillraceError('KEY_OUTSIDE_PREFIX', rule)
}
