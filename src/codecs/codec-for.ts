import type { RecordBatch } from 'apache-arrow'
import { MillraceError } from '../errors.ts'
import type { ReadMessage } from '../internal/channels.ts'
import { checkArgument } from '../internal/check-arguments.ts'
import { checkChoice } from '../internal/check-choice.ts'
import type { Stage } from '../internal/stage.ts'
import { checkCodecOptions, checkedCodec, known, rawCodec } from './checked-codec.ts'
import type { Codec, CodecInput } from './codec.ts'
import { type CsvOptions, csv } from './csv/csv.ts'
import { CSV_OPTIONS } from './csv/csv-options.ts'
import { inflatedSource, sizeOf } from './inflated-source.ts'
import { deflate, detectCompression, type FileCompression, inflate } from './input/compression.ts'
import { chunksOf, isByteSource, isBytes } from './input/source.ts'
import { JSON_OPTIONS, type JsonOptions, json, ndjson } from './json/json.ts'
import { defaultInflatedBytes, streamedInflatedBytes } from './limits.ts'
import { PARQUET_OPTIONS, type ParquetOptions, parquet } from './parquet/parquet.ts'

/** The options of all formats together: each format uses those that it has. */
export type CodecOptions = CsvOptions & JsonOptions & Omit<ParquetOptions, 'compression'> & CodecForOptions

/** Format and compression, for files whose names do not show them. */
export interface CodecForOptions {
  /** The format, regardless of the key's ending. */
  readonly format?: 'csv' | 'tsv' | 'json' | 'ndjson' | 'parquet'
  /**
   * For CSV and JSON, the compression around the file, regardless of the key's ending: `gzip`, `zstd`, `none`, or
   * `auto`, which detects it by the first bytes when reading and follows the key when writing; `snappy` is ignored. For
   * Parquet, the compression of pages; `auto` is ignored.
   */
  readonly compression?: NonNullable<ParquetOptions['compression']> | 'auto'
}

const FORMATS: Readonly<Record<string, NonNullable<CodecForOptions['format']>>> = {
  csv: 'csv',
  txt: 'csv',
  tsv: 'tsv',
  json: 'json',
  jsonl: 'ndjson',
  ndjson: 'ndjson',
  parquet: 'parquet',
  parq: 'parquet',
  pq: 'parquet',
}

/**
 * The codec of a file, chosen by the ending of its key: `.csv .txt .tsv .json .jsonl .ndjson .parquet .parq .pq`, each
 * also with `.gz`, `.gzip` or `.zst`, in any letter case.
 *
 * @param options - options of the format; those of other formats are ignored, so that one set serves a bucket of many
 * formats. `format` and `compression` override the key, which may then end in anything.
 * @throws MillraceError `UNSUPPORTED_FORMAT` for any other ending without `format`; `OPTION_INVALID` for a format or compression that does not exist.
 * @example
 * codecFor('landing/2026/orders.csv.gz').name // => 'csv'
 */
export function codecFor(key: string, options: CodecOptions = {}): Codec {
  checkArgument('codecFor', 'key', key, 'string')
  checkCodecOptions('codecFor', options, { ...CSV_OPTIONS, ...JSON_OPTIONS, ...PARQUET_OPTIONS, format: 'string' })
  const { format, compression, ...others } = options
  if (format !== undefined) checkChoice('format', format, ['csv', 'tsv', 'json', 'ndjson', 'parquet'])
  if (compression !== undefined) checkChoice('compression', compression, ['gzip', 'zstd', 'none', 'auto', 'snappy'])
  const [, ending = '', wrapping = ''] = /(?:\.([a-z]+))??(?:\.(gz|gzip|zst))?$/.exec(key.toLowerCase()) ?? []
  const byKey = wrapping === '' ? 'none' : wrapping === 'zst' ? 'zstd' : 'gzip'
  const name = format ?? (Object.hasOwn(FORMATS, ending) ? FORMATS[ending] : undefined)
  if (name === 'parquet') {
    const pages = compression === undefined || compression === 'auto' ? {} : { compression }
    return wrapped(parquet(known({ ...others, ...pages }, PARQUET_OPTIONS)), byKey, byKey, options)
  }
  const around = compression === undefined || compression === 'snappy' ? byKey : compression
  return wrapped(textCodec(name, others), around, around === 'auto' ? byKey : around, options)
}

function textCodec(format: CodecForOptions['format'], options: CsvOptions & JsonOptions): Codec {
  switch (format) {
    case 'csv':
      return csv(known(options, CSV_OPTIONS))
    case 'tsv':
      return csv({ delimiter: '\t', ...known(options, CSV_OPTIONS) })
    case 'json':
      return json(known(options, JSON_OPTIONS))
    case 'ndjson':
      return ndjson(known(options, JSON_OPTIONS))
  }
  throw new MillraceError(
    'UNSUPPORTED_FORMAT',
    'the key does not end in .csv .txt .tsv .json .jsonl .ndjson .parquet .parq or .pq, alone or with .gz, .gzip or .zst; pass format to codecFor',
  )
}

/** A codec with a compression around it; `auto` detects it by the first bytes. */
function wrapped(
  codec: Codec,
  reading: FileCompression | 'auto' | 'none',
  writing: FileCompression | 'none',
  { limits }: CodecOptions,
): Codec {
  if (reading === 'none') return codec
  const isParquet = codec.name === 'parquet'
  const raw = rawCodec(codec)
  const read = (input: CodecInput, message?: ReadMessage) => {
    const defaultBytes = isParquet ? defaultInflatedBytes : streamedInflatedBytes
    const maxBytes = limits?.maxInflatedBytes ?? defaultBytes(sizeOf(input))
    const chunks = (): AsyncIterable<Uint8Array> => inflatedChunks(chunksOf(input), reading, maxBytes)
    // Parquet is read by range, and each range would inflate the file again.
    const canReadAgain = isBytes(input) || isByteSource(input)
    return raw.read(canReadAgain && !isParquet ? inflatedSource(chunks) : chunks(), message)
  }
  const write = (): Stage<RecordBatch, Uint8Array> => {
    const encode = raw.write()
    if (writing === 'none') return encode
    const compress = deflate(writing)
    return (batches) => compress(encode(batches))
  }
  return checkedCodec({
    name: codec.name,
    contentType: writing === 'none' ? codec.contentType : `application/${writing}`,
    read,
    write,
  })
}

async function* inflatedChunks(
  source: AsyncIterable<Uint8Array>,
  compression: FileCompression | 'auto',
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  if (compression !== 'auto') return yield* inflate(compression, maxBytes)(source)
  const { found, chunks } = await detectCompression(source)
  yield* found === undefined ? chunks : inflate(found, maxBytes)(chunks)
}
