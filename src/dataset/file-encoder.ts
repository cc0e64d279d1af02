import type { RecordBatch } from 'apache-arrow'
import { rawCodec } from '../codecs/checked-codec.ts'
import type { Codec } from '../codecs/codec.ts'
import { parquetFilesOf } from '../codecs/parquet/write/parquet-files.ts'
import { channels, type Operation, startOperation, type WriteMessage } from '../internal/channels.ts'
import type { Stage } from '../internal/stage.ts'

/** One file on its way to bytes. */
export interface FileEncoder {
  /** Take batches; gives the bytes that are ready, and holds none of the batches where the format allows. */
  write(batches: readonly RecordBatch[]): Pieces
  /** The end of the file. */
  finish(): Pieces
  /** Leave the file unfinished. */
  abandon(): void
}

/** At once where the format is written at once: a turn of the event loop for each of the pieces of many small files would cost more than they do. */
export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** A maker of encoders, which may be used in turns. Of Parquet they share one kernel. Each file is an operation of `millrace:write`. */
export function fileEncoders(codec: Codec): () => FileEncoder {
  const files = parquetFilesOf(codec)
  // Of the codec's own stage each file would be an operation too.
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

/** The encoder as an operation, from its making to the end of the file, a failure, or its being left. */
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

/** A stage that is fed by hand: it is asked for bytes until it asks for the next batch. */
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
