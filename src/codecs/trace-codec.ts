import type { RecordBatch, Table } from 'apache-arrow'
import { channels, type ReadMessage, type WriteMessage } from '../internal/channels.ts'
import { traceSync } from '../internal/trace.ts'
import type { CodecName } from './codec.ts'
import { type ByteSource, type CodecInput, isByteSource, isBytes } from './input/source.ts'
import type { InvalidRow } from './invalid-row.ts'

type OnInvalidRow = ((row: InvalidRow) => void) | undefined

export function readMessage(format: CodecName): ReadMessage {
  return { format, bytes: 0, rows: 0, batches: 0, refused: {} }
}

export function writeMessage(format: CodecName): WriteMessage {
  return { format, bytes: 0, rows: 0 }
}

/** A codec's input that counts the bytes read from it. */
export function countedInput(input: CodecInput, message: ReadMessage): CodecInput {
  if (isBytes(input)) {
    message.bytes = input.length
    return input
  }
  return isByteSource(input) ? countedSource(input, message) : countedChunks(input, message)
}

function countedSource(source: ByteSource, message: ReadMessage): ByteSource {
  const counted: ByteSource = {
    stream(...range) {
      const chunks = source.stream(...range)
      return Symbol.asyncIterator in Object(chunks) ? countedChunks(chunks, message) : chunks
    },
    async read(start, end) {
      const bytes = await source.read(start, end)
      message.bytes += lengthOf(bytes)
      return bytes
    },
    ...(source.length !== undefined && { length: async () => (await source.length?.()) ?? 0 }),
  }
  return Object.defineProperty(counted, 'size', { get: () => source.size, enumerable: true })
}

/** Count the chunks of a file that is read. */
export async function* countedChunks(
  chunks: AsyncIterable<Uint8Array>,
  message: ReadMessage,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    message.bytes += lengthOf(chunk)
    yield chunk
  }
}

/** 0 for chunks that are not bytes, which the reader rejects. */
function lengthOf(bytes: unknown): number {
  const length: unknown = Object(bytes).byteLength
  return typeof length === 'number' ? length : 0
}

/** Count the batches of a stream. */
export async function* countedBatches(
  batches: AsyncIterable<RecordBatch>,
  message: ReadMessage,
): AsyncGenerator<RecordBatch> {
  for await (const batch of batches) {
    message.rows += batch.numRows
    message.batches++
    yield batch
  }
}

/** Count the chunks that a codec writes. */
export async function* countedOutput(
  chunks: AsyncIterable<Uint8Array>,
  message: WriteMessage,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    message.bytes += chunk.length
    yield chunk
  }
}

/** Settings that count the rows passed to `onInvalidRow`, if there is a subscriber. */
export function countingRefused<Settings extends { readonly onInvalidRow?: OnInvalidRow }>(
  settings: Settings,
  message: ReadMessage | undefined,
): Settings {
  const { onInvalidRow } = settings
  if (message === undefined || onInvalidRow === undefined) return settings
  const count = (row: InvalidRow): void => {
    message.refused[row.code] = (message.refused[row.code] ?? 0) + 1
    onInvalidRow(row)
  }
  return { ...settings, onInvalidRow: count }
}

/** Read a whole table as an operation. */
export function traceDecode<Settings extends { readonly onInvalidRow?: OnInvalidRow }>(
  format: CodecName,
  bytes: Uint8Array,
  settings: Settings,
  decode: (bytes: Uint8Array, settings: Settings) => Table,
): Table {
  const describe = (): ReadMessage => readMessage(format)
  return traceSync(channels.read, describe, (message) => {
    if (message !== undefined) message.bytes = bytes.length
    const table = decode(bytes, countingRefused(settings, message))
    if (message !== undefined) countTable(table, message)
    return table
  })
}

export function countTable(table: Table, message: ReadMessage): void {
  message.rows = table.numRows
  message.batches = table.batches.length
}

/** Write a whole table as an operation. */
export function traceEncode(format: CodecName, table: Table, encode: (table: Table) => Uint8Array): Uint8Array {
  const describe = (): WriteMessage => writeMessage(format)
  return traceSync(channels.write, describe, (message) => {
    const bytes = encode(table)
    if (message !== undefined) Object.assign(message, { rows: table.numRows, bytes: bytes.length })
    return bytes
  })
}
