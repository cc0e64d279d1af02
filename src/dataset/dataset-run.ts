import type { RecordBatch } from 'apache-arrow'
import type { Codec } from '../codecs/codec.ts'
import { nullColumn } from '../columns/decode-dictionary.ts'
import { recordBatch, sliceRows } from '../columns/record-batch.ts'
import { MillraceError } from '../errors.ts'
import { type FileEncoder, fileEncoders, type Pieces } from './file-encoder.ts'
import { type FileLedger, fileLedger, type HandOver, type LedgerFile, type LedgerLimits } from './file-ledger.ts'
import type { PartitionBy } from './partition-by.ts'
import { type RowBuffer, rowBuffer } from './row-buffer.ts'
import { type Partition, type RowPartitions, rowPartitions } from './row-partitions.ts'
import { type RowPlan, rowPlan } from './row-plan.ts'
import { rowSizes } from './row-sizes.ts'
import type { StagedUpload, StagedUploads } from './staged-uploads.ts'

/** A file being uploaded. */
export interface WrittenFile {
  readonly partition: Partition
  readonly ledger: LedgerFile
  readonly upload: StagedUpload
}

/** One write: rows in, files uploading. */
export interface DatasetRun {
  /** Add a batch's rows, after which some files may be written. */
  add(batch: RecordBatch): Promise<void>
  /** Write the remaining rows; returns the files by partition, in order. */
  end(): Promise<WrittenFile[]>
  /** Abort the files begun. */
  abandon(): void
}

export interface DatasetRunOptions {
  readonly format: Codec
  readonly partitionBy: PartitionBy
  readonly limits: LedgerLimits
  readonly uploads: StagedUploads
  /** The key of a partition's file, from its first bytes if available. */
  readonly keyOf: (partition: Partition, index: number, head?: Uint8Array) => string
}

/** Files are checked once per this many rows and Arrow bytes, independent of batches. */
const WINDOW_ROWS = 65_536
const WINDOW_BYTES = 8 * 1024 * 1024

interface Started {
  readonly plan: RowPlan
  readonly partitions: RowPartitions
  readonly buffer: RowBuffer
}

export function datasetRun({ format, partitionBy, limits, uploads, keyOf }: DatasetRunOptions): DatasetRun {
  const windowBytes = Math.min(WINDOW_BYTES, limits.maxBufferedBytes / 8)
  const newEncoder = fileEncoders(format)
  const ledger: FileLedger = fileLedger(limits)
  const encoders = new Map<number, FileEncoder>()
  const written = new Map<number, WrittenFile>()
  let started: Started | undefined
  let rows = 0
  let checked = 0
  const window = { rows: 0, bytes: 0 }

  const start = ({ schema }: RecordBatch): Started => {
    const plan = rowPlan(schema, partitionBy)
    return { plan, partitions: rowPartitions(plan.rowSchema, partitionBy), buffer: rowBuffer(plan.fileSchema) }
  }

  const writeFile = async ({ partitions }: Started, { file, closes }: HandOver, batches: RecordBatch[]) => {
    let found = written.get(file.id)
    if (found === undefined) {
      const partition = partitions.partitions[file.partition] as Partition
      const upload = uploads.start((head) => keyOf(partition, file.index, head))
      found = { partition, ledger: file, upload }
      written.set(file.id, found)
      encoders.set(file.id, newEncoder())
    }
    const encoder = encoders.get(file.id) as FileEncoder
    const { upload } = found
    const pass = async (pieces: Pieces): Promise<void> => {
      if (Symbol.iterator in pieces) {
        for (const piece of pieces) if (upload.add(piece)) await upload.send()
      } else {
        for await (const piece of pieces) if (upload.add(piece)) await upload.send()
      }
    }
    if (batches.length > 0) await pass(encoder.write(batches))
    if (!closes) return
    await pass(encoder.finish())
    encoders.delete(file.id)
    await upload.end()
  }

  const handOver = async (run: Started, steps: readonly HandOver[]): Promise<void> => {
    const left = new Set(steps.map(({ file }) => file.id))
    const taken = run.buffer.take([...left])
    for (const step of steps) {
      // A file may receive rows and then be closed for another.
      const hasRows = left.delete(step.file.id)
      await writeFile(run, step, hasRows ? taken.of(step.file.id) : [])
    }
  }

  /** Add rows of one piece, whose number fits into a window. */
  const addRows = async (run: Started, piece: RecordBatch): Promise<void> => {
    const count = piece.numRows
    const partitions = new Int32Array(count)
    run.partitions.number(piece, partitions, rows)
    for (; checked < run.partitions.partitions.length; checked++) {
      keyOf(run.partitions.partitions[checked] as Partition, 0)
    }
    rows += count
    const fileRows = run.plan.fileRowsOf(piece)
    const sizes = rowSizes(fileRows)
    for (let from = 0; from < count; ) {
      let to = from
      while (to < count && window.bytes < windowBytes) window.bytes += sizes[to++] as number
      window.rows += to - from
      const files = new Int32Array(to - from)
      ledger.assign(partitions, sizes, from, to, files)
      run.buffer.add(sliceRows(fileRows, from, to), files)
      from = to
      if (window.rows < WINDOW_ROWS && window.bytes < windowBytes) continue
      window.rows = 0
      window.bytes = 0
      const steps = ledger.due()
      if (steps.length > 0) await handOver(run, steps)
    }
  }

  return {
    async add(batch) {
      started ??= start(batch)
      const all = started.plan.rowsOf(batch)
      for (let at = 0; at < all.numRows; ) {
        const to = Math.min(all.numRows, at + WINDOW_ROWS - window.rows)
        await addRows(started, sliceRows(all, at, to))
        at = to
      }
    },
    async end() {
      if (started === undefined) {
        throw new MillraceError(
          'TYPE_MISMATCH',
          'no batches were written, so the schema is unknown; write at least one, even an empty one',
        )
      }
      if (rows === 0 && partitionBy.length === 0) {
        await writeFile(started, { file: ledger.begin(0), closes: true }, [emptyBatch(started)])
      } else await handOver(started, ledger.rest())
      return [...written.values()].sort(
        (a, b) => a.ledger.partition - b.ledger.partition || a.ledger.index - b.ledger.index,
      )
    },
    abandon() {
      for (const encoder of encoders.values()) encoder.abandon()
      encoders.clear()
    },
  }
}

function emptyBatch({ plan }: Started): RecordBatch {
  return recordBatch(
    plan.fileSchema,
    plan.fileSchema.fields.map(({ type }) => nullColumn(type, 0)),
    0,
  )
}
