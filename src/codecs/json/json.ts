import type { Table } from 'apache-arrow'
import { checkTable } from '../../columns/check-table.ts'
import { type SchemaOption, schemaFields } from '../../columns/column-type.ts'
import { MillraceError } from '../../errors.ts'
import type { Kind } from '../../internal/check-arguments.ts'
import { checkChoice } from '../../internal/check-choice.ts'
import { checkCodecOptions, checkedCodec } from '../checked-codec.ts'
import type { Codec, CodecName } from '../codec.ts'
import { bytesGiven } from '../input/input-of.ts'
import type { InvalidRow } from '../invalid-row.ts'
import type { CodecLimits } from '../limits.ts'
import { countingRefused, traceDecode, traceEncode } from '../trace-codec.ts'
import { type JsonReading, readJson, readJsonTable } from './read/read-json.ts'
import { jsonWriter, type WriteForm } from './write/write-json.ts'

/** Options of the JSON and NDJSON codecs. */
export interface JsonOptions {
  /**
   * Types of columns by name; the others are inferred. Nested columns need Arrow types. `int64` accepts integers and
   * their text, `decimal(p,s)` numbers and their text, `float64` any number, `binary` base64, `json` any value as its
   * text; every other type accepts only its own kind of value.
   */
  readonly schema?: SchemaOption
  /**
   * Rows of a stream that are used for inference, before its types are final. Default 10,000, limited to 64 MiB; `Infinity` reads
   * the source twice. Whole tables always use all rows.
   */
  readonly inferRows?: number
  /**
   * Keys that lead to the array of rows, if the file is an object around it: `['Records']` for CloudTrail and S3
   * events. The file is streamed; everything outside the rows is checked and skipped. Every one of several consecutive
   * objects is read.
   */
  readonly rows?: readonly string[]
  readonly limits?: CodecLimits
  /** Called with each rejected row, in order; reading continues. Without it the first one is thrown. */
  readonly onInvalidRow?: (row: InvalidRow) => void
  /** Treatment of NaN and the infinities, which JSON lacks, when writing: fail with `TYPE_MISMATCH` (default), or write null. */
  readonly nonFinite?: 'error' | 'null'
}

const DEFAULT_INFER_ROWS = 10_000

/**
 * The codec of JSON files: one array of objects, or consecutive objects, one per line or not; the form is detected automatically.
 *
 * Keys become columns when reading, nested ones too: objects become structs, arrays become lists. A column with mixed
 * kinds of values becomes `string` and holds each value's JSON text without white space, so that `1` and `"1"` stay
 * distinct. Memory holds one batch (about 4 MiB of text), or one row if larger. Writing produces an array with one row
 * per line. O(bytes).
 *
 * @returns a codec whose `read` fails with `JSON_INVALID` (grammar, a row that is not an object, no path `rows`, an
 *   empty file), `ENCODING_INVALID` (not UTF-8, compressed, a lone surrogate), `UNSUPPORTED_FORMAT` (another format by
 *   its first bytes), `TYPE_MISMATCH` (a value or key that does not fit `schema` or the rows used for inference),
 *   `COLUMN_UNKNOWN` (a column of `schema` that no row has) or `LIMIT_EXCEEDED`; and whose `write` fails with
 *   `TYPE_MISMATCH` (NaN, infinities, invalid text in a JSON column), `COLUMN_CONFLICT` (two columns with the same
 *   name) or `UNSUPPORTED_FORMAT` (a type that JSON cannot represent). Source: RFC 8259.
 * @example
 * json().contentType // => 'application/json'
 */
export function json(options: JsonOptions = {}): Codec {
  checkCodecOptions('json', options, JSON_OPTIONS)
  return jsonCodec('json', 'application/json', 'array', options)
}

/**
 * The codec of NDJSON (JSON Lines) files, one object per line. Reads everything that {@link json} reads, under the same
 * rules; blank lines are skipped, and rejected lines are passed to `onInvalidRow` if set. A table without rows is
 * written as zero bytes.
 *
 * @returns a codec with the errors of {@link json}.
 * @example
 * ndjson().contentType // => 'application/x-ndjson'
 */
export function ndjson(options: JsonOptions = {}): Codec {
  checkCodecOptions('ndjson', options, JSON_OPTIONS)
  return jsonCodec('ndjson', 'application/x-ndjson', 'lines', options)
}

function jsonCodec(name: CodecName, contentType: string, form: WriteForm, options: JsonOptions): Codec {
  const reading = jsonReading(options)
  const { nonFinite = 'error' } = options
  checkChoice('nonFinite', nonFinite, NON_FINITE)
  return checkedCodec({
    name,
    contentType,
    read: (source, message) => readJson(source, countingRefused(reading, message)),
    write: () =>
      async function* (batches) {
        const writer = jsonWriter(form, nonFinite)
        for await (const batch of batches) yield* writer.write(batch)
        const rest = writer.end()
        if (rest.length > 0) yield rest
      },
  })
}

/**
 * Read a whole JSON file in memory as a table. Types are inferred from all values. O(bytes), with a second pass if late rows widen a type.
 *
 * @throws MillraceError as {@link json}.
 * @example
 * decodeJson(new TextEncoder().encode('[{"id": 9007199254740993, "tags": ["a"]}]')).numRows // => 1
 */
export function decodeJson(bytes: Uint8Array | ArrayBufferLike | ArrayBufferView, options: JsonOptions = {}): Table {
  checkCodecOptions('decodeJson', options, JSON_OPTIONS)
  return traceDecode('json', bytesGiven('decodeJson', bytes), jsonReading(options), readJsonTable)
}

/**
 * Read a whole NDJSON file in memory as a table; see {@link decodeJson}.
 *
 * @throws MillraceError as {@link ndjson}.
 * @example
 * decodeNdjson(new TextEncoder().encode('{"id": 1}\n{"id": 2}\n')).numRows // => 2
 */
export function decodeNdjson(bytes: Uint8Array | ArrayBufferLike | ArrayBufferView, options: JsonOptions = {}): Table {
  checkCodecOptions('decodeNdjson', options, JSON_OPTIONS)
  return traceDecode('ndjson', bytesGiven('decodeNdjson', bytes), jsonReading(options), readJsonTable)
}

/**
 * Write a table as a JSON array of objects, one row per line.
 *
 * 64-bit integers and decimals are written with all their digits, times as ISO 8601, binary as base64, maps as objects,
 * nulls as `null`. Reading returns the same table if its schema is passed as `schema`, since JSON cannot represent most
 * types.
 *
 * @returns the bytes. O(values).
 * @throws MillraceError as `write` of {@link json}.
 * @example
 * new TextDecoder().decode(encodeJson(decodeNdjson(new TextEncoder().encode('{"id":1}')))) // => '[\n{"id":1}\n]\n'
 */
export function encodeJson(table: Table, options: Pick<JsonOptions, 'nonFinite'> = {}): Uint8Array {
  checkTable('encodeJson', table)
  checkCodecOptions('encodeJson', options, JSON_OPTIONS)
  return traceEncode('json', table, () => encodeTable(table, 'array', options))
}

/**
 * Write a table as NDJSON, one row per line; see {@link encodeJson}. A table without rows becomes zero bytes.
 *
 * @throws MillraceError as `write` of {@link json}.
 * @example
 * new TextDecoder().decode(encodeNdjson(decodeJson(new TextEncoder().encode('[{"id":1}]')))) // => '{"id":1}\n'
 */
export function encodeNdjson(table: Table, options: Pick<JsonOptions, 'nonFinite'> = {}): Uint8Array {
  checkTable('encodeNdjson', table)
  checkCodecOptions('encodeNdjson', options, JSON_OPTIONS)
  return traceEncode('ndjson', table, () => encodeTable(table, 'lines', options))
}

export const JSON_OPTIONS = {
  schema: 'object',
  inferRows: 'number',
  rows: 'strings',
  limits: 'object',
  onInvalidRow: 'function',
  nonFinite: 'string',
} as const satisfies Record<keyof JsonOptions, Kind>

const NON_FINITE = ['error', 'null']

function jsonReading({
  schema,
  inferRows = DEFAULT_INFER_ROWS,
  rows = [],
  limits = {},
  onInvalidRow,
}: JsonOptions): JsonReading {
  if (!(inferRows >= 0)) throw new MillraceError('OPTION_INVALID', 'inferRows must be a number of rows, 0 or more')
  return { pins: schemaFields(schema), path: [...rows], inferRows, limits, onInvalidRow }
}

function encodeTable(
  table: Table,
  form: WriteForm,
  { nonFinite = 'error' }: Pick<JsonOptions, 'nonFinite'>,
): Uint8Array {
  checkChoice('nonFinite', nonFinite, NON_FINITE)
  const writer = jsonWriter(form, nonFinite)
  const chunks: Uint8Array[] = []
  for (const batch of table.batches) for (const chunk of writer.write(batch)) chunks.push(chunk)
  chunks.push(writer.end())
  return new Uint8Array(Buffer.concat(chunks))
}
