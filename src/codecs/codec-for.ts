import type { RecordBatch } from 'apache-arrow'
import { MillraceError } from '../errors.ts'
import type { Stage } from '../internal/stage.ts'
import type { Codec, CodecInput } from './codec.ts'
import { type CsvOptions, csv } from './csv/csv.ts'
import { deflate, type FileCompression, inflate } from './input/compression.ts'
import { type ByteSource, chunksOf, isByteSource, isBytes } from './input/source.ts'
import { type JsonOptions, json, ndjson } from './json/json.ts'
import { defaultInflatedBytes } from './limits.ts'
import { type ParquetOptions, parquet } from './parquet/parquet.ts'

/** The options of all formats together: each format takes those that it knows. */
export type CodecOptions = CsvOptions & JsonOptions & ParquetOptions

const MIN_STREAMED_BYTES = 16 * 1024 ** 3

/**
 * The codec of a file, found by the ending of its key: `.csv .tsv .json .jsonl .ndjson .parquet`, each also with `.gz` or `.zst`, in
 * any case.
 *
 * @param options - those of the format; what another format would take is left aside, so that one set serves a bucket of many formats.
 * @throws MillraceError `UNSUPPORTED_FORMAT` for any other ending.
 * @example
 * codecFor('landing/2026/orders.csv.gz').name // => 'csv'
 */
export function codecFor(key: string, options: CodecOptions = {}): Codec {
  const [, format = '', ending = ''] = /\.([a-z]+)(?:\.(gz|zst))?$/.exec(key.toLowerCase()) ?? []
  const codec = formatCodec(format, options)
  if (ending === '') return codec
  return compressed(codec, ending === 'gz' ? 'gzip' : 'zstd', options)
}

function formatCodec(format: string, options: CodecOptions): Codec {
  switch (format) {
    case 'csv':
      return csv(options)
    case 'tsv':
      return csv({ delimiter: '\t', ...options })
    case 'json':
      return json(options)
    case 'jsonl':
    case 'ndjson':
      return ndjson(options)
    case 'parquet':
      return parquet(options)
  }
  throw new MillraceError(
    'UNSUPPORTED_FORMAT',
    'the key ends in none of .csv .tsv .json .jsonl .ndjson .parquet, alone or with .gz or .zst',
  )
}

function compressed(codec: Codec, compression: FileCompression, { limits }: CodecOptions): Codec {
  const isParquet = codec.name === 'parquet'
  const read = (input: CodecInput) => {
    const held = defaultInflatedBytes(sizeOf(input))
    const maxBytes = limits?.maxInflatedBytes ?? (isParquet ? held : Math.max(held, MIN_STREAMED_BYTES))
    const chunks = (): AsyncIterable<Uint8Array> => inflate(compression, maxBytes)(chunksOf(input))
    // Parquet is read by range, which would inflate the file again for each.
    const canReadAgain = isBytes(input) || isByteSource(input)
    return codec.read(canReadAgain && !isParquet ? inflatedSource(chunks) : chunks())
  }
  const write = (): Stage<RecordBatch, Uint8Array> => {
    const encode = codec.write()
    const compress = deflate(compression)
    return (batches) => compress(encode(batches))
  }
  return { name: codec.name, contentType: `application/${compression}`, read, write }
}

/** Bytes of the compressed file, 0 where they are not known yet. */
function sizeOf(input: CodecInput): number {
  if (isBytes(input)) return input.length
  return isByteSource(input) ? (input.size ?? 0) : 0
}

/** A source that is inflated anew, from its start, each time that it is read. */
function inflatedSource(chunks: () => AsyncIterable<Uint8Array>): ByteSource {
  async function* stream({ start, end = Number.POSITIVE_INFINITY } = { start: 0 }): AsyncGenerator<Uint8Array> {
    let at = 0
    for await (const chunk of chunks()) {
      const part = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at))
      if (part.length > 0) yield part
      at += chunk.length
      if (at >= end) return
    }
  }
  return {
    stream,
    async read(start, end) {
      const parts: Uint8Array[] = []
      for await (const part of stream({ start, end })) parts.push(part)
      return new Uint8Array(Buffer.concat(parts))
    },
  }
}
