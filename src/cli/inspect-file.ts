import type { CodecOptions } from '../codecs/index.ts'
import { type Architecture, lambdaCost } from '../limits/index.ts'
import { checkFlagFormats, codecOptions } from './codec-options.ts'
import { estimate, fileShape } from './estimate.ts'
import { type FileHead, fileHead } from './file-head.ts'
import { flagOf } from './flag-value.ts'
import { codecOf, compressionOf, formatOf, isCsv } from './format-of.ts'
import { counted, openInput, rereadable } from './input.ts'
import { INSPECT_FLAGS } from './inspect-flags.ts'
import type { Inspection } from './inspection.ts'
import type { Io } from './io.ts'
import { markJsonColumns } from './json-columns.ts'
import type { CommandWords } from './parse-command.ts'
import { pinsOf } from './pins.ts'
import { progressBar } from './progress.ts'
import { READ_FLAGS } from './read-flags.ts'
import { readTypes } from './read-types.ts'
import { shownRows } from './refused-rows.ts'
import type { SurveyedColumn } from './survey.ts'

/** Read a file to its end. Stdin goes to a temporary file, since a file may be read twice, and Parquet is read by range. */
export async function inspectFile(path: string, words: CommandWords, io: Io): Promise<Inspection> {
  const given = codecOptions(words, READ_FLAGS)
  const memoryMb = flagOf(words, INSPECT_FLAGS, 'memory-mb') as number | undefined
  const architecture = (flagOf(words, INSPECT_FLAGS, 'architecture') ?? 'arm64') as Architecture
  // An invalid memory size is rejected before the file is read.
  if (memoryMb !== undefined) lambdaCost({ invocations: 1, ms: 1, memoryMb })
  const shown = shownRows(words)
  const opened = await openInput(path, io)
  const format = formatOf(opened.key, codecOf(opened.key, given, 'from'), given)
  checkFlagFormats(words, READ_FLAGS, format)
  const input = await rereadable(opened, io)
  const { key, bytes } = input
  const head = await fileHead(input.source)
  const named = compressionOf(key)
  const isText = format !== 'parquet'
  const options = isText ? { ...foundOptions(head, named, format), ...given } : given
  const bar = progressBar(io, words, bytes)
  const read = await readTypes(key, options, counted(input, bar.add), shown, bar.restart).finally(bar.end)
  const { columns, rows, refused } = read.survey
  if (format === 'json' || format === 'ndjson') await markJsonColumns(columns, key, options, input.source)
  const { cpuSeconds } = read
  const shape = fileShape(format, head.compression)
  return {
    file: path,
    bytes,
    format,
    compression: head.compression,
    encoding: isText ? (options.encoding ?? 'utf-8') : null,
    rows,
    columns: columns.map(({ name, type, nulls }) => ({ name, type, nulls })),
    refused: { count: refused.count, byCode: refused.byCode, rows: refused.first },
    pin: isText ? pinsOf({ ...read, format, head, named, given: new Set(Object.keys(given)) }) : [],
    schema: isText ? schemaOf(columns) : null,
    lambda: estimate({ bytes, rows, cpuSeconds, ...shape, memoryMb, architecture }),
  }
}

/** Options detected from the first bytes but not from the name. */
function foundOptions({ compression, encoding }: FileHead, named: string, format: string): CodecOptions {
  return {
    ...(compression !== named && { compression }),
    ...(encoding !== undefined && isCsv(format) && { encoding }),
  }
}

/** The types that have names in a `schema` option. */
function schemaOf(columns: readonly SurveyedColumn[]): Record<string, string> {
  const named = columns.filter(({ type }) => /^[a-z]+\d*(?:\[[un]s\]|\(\d+,\d+\))?$/.test(type))
  return Object.fromEntries(named.map(({ name, type }) => [name, type]))
}
