import type { RecordBatch } from 'apache-arrow'
import { rawCodec } from '../codecs/checked-codec.ts'
import type { Codec } from '../codecs/codec.ts'
import { parquetFilesOf } from '../codecs/parquet/write/parquet-files.ts'
import { channels, type Operation, startOperation, type WriteMessage } from '../internal/channels.ts'
import type { Stage } from '../internal/stage.ts'

/** The encoder of one file. */
export interface FileEncoder {
  /** Add batches; returns the finished bytes, and holds no batches if the format allows. */
  write(batches: readonly RecordBatch[]): Pieces
  /** End the file. */
  finish(): Pieces
  /** Abort the file. */
  abandon(): void
}

/**
 * Synchronous if the format is written synchronously: a turn of the event loop for each piece of many small files would
 * cost more than the pieces.
 */
export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** Create a factory of encoders, which may be used alternately. Those of Parquet share one kernel. Each file is an operation of `millrace:write`. */
export function fileEncoders(codec: Codec): () => FileEncoder {
  const files = parquetFilesOf(codec)
  // With the codec's own stage, each file would be a second operation.
  if (files === undefined) return () => traced(codec.name, stageEncoder(rawCodec(codec).write()))
  return () => {
    const file = files()
    return traced(codec.name, {
      *write(batches) {
        for (const batch of batches) yield* file.add(batch)
        yield* file.flush()
      },
      finish: () => file.finish(),
      abandon() {},
    })
  }
}

/** Trace an encoder as an operation, from its creation to the end of the file, a failure, or an abort. */
function traced(format: string, encoder: FileEncoder): FileEncoder {
  const operation = startOperation(channels.write, () => ({ format, bytes: 0, rows: 0 }))
  if (operation === undefined) return encoder
  operation.start(() => {})
  return {
    write(batches) {
      for (const { numRows } of batches) operation.message.rows += numRows
      return counted(encoder.write(batches), operation)
    },
    async *finish() {
      yield* counted(encoder.finish(), operation)
      operation.end()
    },
    abandon() {
      encoder.abandon()
      operation.end()
    },
  }
}

async function* counted(pieces: Pieces, { message, end }: Operation<WriteMessage>): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of pieces) {
      message.bytes += bytes.length
      yield bytes
    }
  } catch (error) {
    end({ error })
    throw error
  }
}

/** Drive a stage manually: request bytes until it requests the next batch. */
function stageEncoder(stage: Stage<RecordBatch, Uint8Array>): FileEncoder {
  const waiting: RecordBatch[] = []
  let ended = false
  let asks: (() => void) | undefined
  let answer: ((step: IteratorResult<RecordBatch>) => void) | undefined
  const next = (): Promise<IteratorResult<RecordBatch>> => {
    const batch = waiting.shift()
    if (batch !== undefined) return Promise.resolve({ done: false, value: batch })
    if (ended) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => {
      answer = resolve
      asks?.()
    })
  }
  const output = stage({ [Symbol.asyncIterator]: () => ({ next }) })[Symbol.asyncIterator]()
  let pending: Promise<IteratorResult<Uint8Array>> | undefined

  async function* drain(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (answer !== undefined && (waiting.length > 0 || ended)) {
        const give = answer
        answer = undefined
        const batch = waiting.shift()
        give(batch === undefined ? { done: true, value: undefined } : { done: false, value: batch })
      }
      pending ??= output.next()
      const hungry = new Promise<'hungry'>((resolve) => {
        asks = () => resolve('hungry')
        if (answer !== undefined) asks()
      })
      const step = await Promise.race([pending, hungry])
      if (step === 'hungry') {
        if (waiting.length === 0 && !ended) return
        continue
      }
      pending = undefined
      if (step.done) return
      yield step.value
    }
  }

  return {
    async *write(batches) {
      waiting.push(...batches)
      yield* drain()
    },
    async *finish() {
      ended = true
      yield* drain()
    },
    abandon() {
      pending?.catch(() => {})
      answer?.({ done: true, value: undefined })
      output.return?.().catch(() => {})
    },
  }
}
