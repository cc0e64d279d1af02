/** A file of a dataset being written. Bytes are Arrow's, before any encoding, so that decisions depend only on the rows. */
export interface LedgerFile {
  readonly id: number
  readonly partition: number
  /** Number of the file within its partition, from 0. */
  readonly index: number
  rows: number
  bytes: number
  /** Bytes of rows that wait in memory. */
  heldBytes: number
  heldRows: number
}

/** A file whose rows are written now; `closes` if no more follow. */
export interface HandOver {
  readonly file: LedgerFile
  readonly closes: boolean
}

/** Assigns rows to files, and decides when rows leave memory. */
export interface FileLedger {
  /** Every file so far, by its id. */
  readonly files: readonly LedgerFile[]
  /** Write the file ids of rows `start` to `end`, from their partitions and sizes. */
  assign(partitions: Int32Array, sizes: Float64Array, start: number, end: number, out: Int32Array): void
  /** The rows that leave memory after a window. */
  due(): HandOver[]
  /** The remaining rows, at the end. */
  rest(): HandOver[]
  /** Begin a file that may stay without rows. */
  begin(partition: number): LedgerFile
}

export interface LedgerLimits {
  readonly targetBytes: number
  /** Most files open at the same time. */
  readonly maxOpen: number
  readonly maxBufferedBytes: number
  /** Encoded bytes that an open file may hold, less than a part. */
  readonly openBytes: number
}

/** Bytes of a row in addition to its values: the number of its file. */
const ROW_BYTES = 4
/** Bytes of a file's rows at which they are written without waiting for more. */
const ROW_GROUP_BYTES = 32 * 1024 * 1024

export function fileLedger({ targetBytes, maxOpen, maxBufferedBytes, openBytes }: LedgerLimits): FileLedger {
  const slots = Math.max(1, Math.min(maxOpen, Math.floor(maxBufferedBytes / 2 / openBytes)))
  const rowGroupBytes = Math.min(ROW_GROUP_BYTES, maxBufferedBytes / 4)
  const files: LedgerFile[] = []
  /** The current file of each partition, and the number of its files. */
  const current: (LedgerFile | undefined)[] = []
  const counts: number[] = []
  const holding = new Set<LedgerFile>()
  const open = new Set<LedgerFile>()
  let full: LedgerFile[] = []
  let held = 0

  const begin = (partition: number): LedgerFile => {
    const index = counts[partition] ?? 0
    counts[partition] = index + 1
    const file = { id: files.length, partition, index, rows: 0, bytes: 0, heldBytes: 0, heldRows: 0 }
    files.push(file)
    current[partition] = file
    return file
  }

  const close = (file: LedgerFile): HandOver => {
    open.delete(file)
    if (current[file.partition] === file) current[file.partition] = undefined
    return { file, closes: true }
  }

  const release = (file: LedgerFile): void => {
    held -= file.heldBytes
    file.heldBytes = 0
    file.heldRows = 0
    holding.delete(file)
  }

  /** Get a slot among the open files: a free one, or that of the file that has waited longest for rows. */
  const takeSlot = (file: LedgerFile, closed: HandOver[]): boolean => {
    if (open.has(file)) open.delete(file)
    else if (open.size >= slots) {
      const idle = [...open].find(({ heldRows }) => heldRows === 0)
      if (idle === undefined || file.heldBytes < openBytes) return false
      closed.push(close(idle))
    }
    open.add(file)
    return true
  }

  const largestFirst = (): LedgerFile[] => [...holding].sort((a, b) => b.heldBytes - a.heldBytes || a.id - b.id)

  return {
    files,
    begin,
    assign(partitions, sizes, start, end, out) {
      for (let row = start; row < end; row++) {
        const partition = partitions[row] as number
        const file = current[partition] ?? begin(partition)
        const size = sizes[row] as number
        if (file.heldRows === 0) holding.add(file)
        file.rows++
        file.heldRows++
        file.bytes += size
        file.heldBytes += size + ROW_BYTES
        held += size + ROW_BYTES
        out[row - start] = file.id
        if (file.bytes < targetBytes) continue
        full.push(file)
        current[partition] = undefined
      }
    },
    due() {
      const steps: HandOver[] = []
      const handOver = (file: LedgerFile): void => {
        const stays = takeSlot(file, steps)
        steps.push(stays ? { file, closes: false } : close(file))
        release(file)
      }
      for (const file of full) {
        steps.push(close(file))
        release(file)
      }
      full = []
      const candidates = largestFirst()
      let at = 0
      while (at < candidates.length && (candidates[at] as LedgerFile).heldBytes >= rowGroupBytes) {
        handOver(candidates[at++] as LedgerFile)
      }
      // Remaining rows are copied to free the memory of the others: there must be space for both.
      const stays = maxBufferedBytes / 4
      if (held + open.size * openBytes > maxBufferedBytes - stays) {
        while (at < candidates.length && held > stays) handOver(candidates[at++] as LedgerFile)
      }
      return steps
    },
    rest() {
      const left = new Set([...open, ...full, ...holding])
      const steps = [...left].sort((a, b) => a.id - b.id).map(close)
      for (const { file } of steps) release(file)
      full = []
      return steps
    },
  }
}
