import type { Codec, CodecOptions } from '../codecs/index.ts'
import { checkFlagFormats, codecOptions } from './codec-options.ts'
import { CONVERT_FLAGS } from './convert-flags.ts'
import { codecOf, formatOf } from './format-of.ts'
import type { CommandWords } from './parse-command.ts'
import { READ_FLAGS } from './read-flags.ts'
import { type RefusedRows, refusedRows, shownRows } from './refused-rows.ts'
import { usageError } from './usage-error.ts'
import { WRITE_FLAGS } from './write-flags.ts'

/** A valid command line of `convert`. */
export interface Conversion {
  readonly from: string
  readonly to: string
  readonly formats: { readonly from: string; readonly to: string }
  readonly reader: Codec
  readonly writer: Codec
  /** True if the input is read by range, or twice. */
  readonly isReadAgain: boolean
  /** Rejected rows, filled in while the file is read. */
  readonly refused: RefusedRows
}

/**
 * Find the codecs of both files. Nothing is opened.
 *
 * @throws MillraceError `OPTION_INVALID`; `UNSUPPORTED_FORMAT` if a name does not show its format.
 */
export function planConversion(words: CommandWords): Conversion {
  const [from, to, ...others] = words.positionals
  if (from === undefined || to === undefined || others.length > 0) {
    throw usageError('convert takes two files, IN and OUT; - is stdin or stdout')
  }
  const refused = refusedRows(shownRows(words))
  const lenient: CodecOptions = words.given.has('skip-invalid-rows') ? { onInvalidRow: refused.add } : {}
  const reading = { ...codecOptions(words, READ_FLAGS), ...lenient }
  const writing = codecOptions(words, WRITE_FLAGS)
  const [inKey, outKey] = [from, to].map((path) => (path === '-' ? '' : path)) as [string, string]
  const reader = codecOf(inKey, reading, 'from')
  const writer = codecOf(outKey, writing, 'to')
  const formats = { from: formatOf(inKey, reader, reading), to: formatOf(outKey, writer, writing) }
  checkFlagFormats(words, { ...READ_FLAGS, ...CONVERT_FLAGS }, formats.from)
  checkFlagFormats(words, WRITE_FLAGS, formats.to)
  if (writing.compression === 'snappy' && formats.to !== 'parquet') {
    throw usageError('--to-compression snappy is only for parquet')
  }
  const isReadAgain = formats.from === 'parquet' || reading.inferRows === Number.POSITIVE_INFINITY
  return { from, to, formats, reader, writer, isReadAgain, refused }
}
