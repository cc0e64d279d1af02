import { MillraceError } from '../errors.ts'
import { checkArgument } from '../internal/check-arguments.ts'
import { decodeUtf8, isValidUtf8 } from '../internal/utf8.ts'
import { isWellFormed } from '../internal/well-formed.ts'

/** Hive's text for null. */
const NULL_TEXT = '__HIVE_DEFAULT_PARTITION__'

/**
 * Characters that Spark escapes in a partition's name and value, and NUL, which its list omits.
 *
 * Source: https://github.com/apache/spark/blob/master/sql/catalyst/src/main/scala/org/apache/spark/sql/catalyst/catalog/ExternalCatalogUtils.scala
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are escaped too
const ESCAPED = /[\u0000-\u001f\u007f"#%'*/:=?\\{[\]^]/g
/** Texts that readers treat as null: Hive's name, and in DuckDB this word in any letter case. */
const NULL_LIKE = /^(?:__HIVE_DEFAULT_PARTITION__|NULL)$/i
/** Endings of data files: a last segment with one of them is a file name. */
const FILE_NAME = /\.(?:parquet|parq|pq|csv|tsv|txt|json|jsonl|ndjson|avro|orc)(?:\.(?:gz|gzip|zst|snappy|bz2))?$/i

/**
 * Format the path of a partition, as Hive, Spark, Athena and DuckDB read it: `dt=2026-01-05/region=eu`, with Spark's
 * escapes (`%2F`). Null is `__HIVE_DEFAULT_PARTITION__`; a text equal to it is escaped, and so are the text `NULL`,
 * which DuckDB reads as null, and the dot of a value that ends like a data file (`a%2Ecsv`).
 *
 * @param partition - values by name, in the order of the path. JavaScript moves names that are whole numbers to the front.
 * @returns the path without slashes at its ends, `''` for no names. O(characters).
 * @throws MillraceError `OPTION_INVALID` for an empty name, a value that is neither a string nor null, and lone surrogates.
 * @example
 * hivePath({ dt: '2026-01-05', city: 'a/b', note: null }) // => 'dt=2026-01-05/city=a%2Fb/note=__HIVE_DEFAULT_PARTITION__'
 */
export function hivePath(partition: Readonly<Record<string, string | null>>): string {
  checkArgument('hivePath', 'partition', partition, 'object', "write hivePath({ dt: '2026-01-05' })")
  return Object.entries(partition)
    .map(([name, value]) => hiveSegment(name, value))
    .join('/')
}

/** Format one name and value of a path. */
export function hiveSegment(name: string, value: string | null): string {
  if (name === '') throw invalid('a partition needs a name')
  if (value !== null && typeof value !== 'string') throw invalid('a value must be a string or null')
  if (!isWellFormed(name) || (value !== null && !isWellFormed(value))) {
    throw invalid('names and values must be well-formed Unicode, without lone surrogates')
  }
  // Readers skip folders that begin with a dot.
  const escapedName = name.replaceAll(ESCAPED, percent).replace(/^\./, percent)
  if (value === null) return `${escapedName}=${NULL_TEXT}`
  // With a value that ends like a data file, the segment would be a file name.
  const escaped = value.replaceAll(ESCAPED, percent).replace(FILE_NAME, (ending) => ending.replace('.', percent))
  return `${escapedName}=${NULL_LIKE.test(value) ? escaped.replace(/^./, percent) : escaped}`
}

/**
 * Parse the partition of a key: names and values of all segments with `=`, except the last one if it is a file name
 * (with the ending of a data file, such as `.parquet`). Escapes are decoded as UTF-8; other `%` are kept. Paths of
 * other writers are supported too.
 *
 * @param key - a whole decoded key, or a path from `hivePath`.
 * @returns values by name; for a repeated name, the last value. O(characters).
 * @throws MillraceError `TYPE_MISMATCH` for a value that is not a string.
 * @example
 * parseHivePath('lake/dt=2026-01-05/city=a%2Fb/orders-00000.parquet') // => { dt: '2026-01-05', city: 'a/b' }
 */
export function parseHivePath(key: string): Record<string, string | null> {
  checkArgument('parseHivePath', 'key', key, 'string', "write parseHivePath('lake/dt=2026-01-05/a.parquet')")
  const segments = key.split('/')
  if (FILE_NAME.test(segments.at(-1) ?? '')) segments.pop()
  return Object.fromEntries(segments.flatMap((segment) => parseHiveSegment(segment)))
}

/** Name and value of a segment, in a list; an empty list if it is not of a partition. */
export function parseHiveSegment(segment: string): [name: string, value: string | null][] {
  const at = segment.indexOf('=')
  if (at <= 0) return []
  const value = segment.slice(at + 1)
  return [[unescaped(segment.slice(0, at)), value === NULL_TEXT ? null : unescaped(value)]]
}

function percent(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

function unescaped(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => decoded(Buffer.from(run.replaceAll('%', ''), 'hex'), run))
}

/** Decode escaped bytes, character by character; invalid UTF-8 stays escaped. */
function decoded(bytes: Uint8Array, run: string): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] as number
    const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    const isText = at + size <= bytes.length && isValidUtf8(bytes, at, at + size)
    text += isText ? decodeUtf8(bytes, at, at + size) : run.slice(at * 3, at * 3 + 3)
    at += isText ? size : 1
  }
  return text
}

function invalid(rule: string): MillraceError {
  return new MillraceError('OPTION_INVALID', `hivePath: ${rule}`)
}
