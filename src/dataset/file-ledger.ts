/** A file of a dataset that is being written. Bytes are Arrow's, before any encoding, so that all that is decided follows from the rows alone. */
export interface LedgerFile {
  readonly id: number
  readonly partition: number
  /** Number of the file within its partition, from 0. */
  readonly index: number
  rows: number
  bytes: number
  /** Of rows that wait in memory. */
  heldBytes: number
  heldRows: number
}

/** A file whose rows are to be written now; `closes` where it has no more to come. */
export interface HandOver {
  readonly file: LedgerFile
  readonly closes: boolean
}

/** Decides which row goes to which file, and when rows leave memory. */
export interface FileLedger {
  /** Every file so far, by its id. */
  readonly files: readonly LedgerFile[]
  /** Write the ids of the files of rows `start` to `end`, given their partitions and sizes. */
  assign(partitions: Int32Array, sizes: Float64Array, start: number, end: number, out: Int32Array): void
  /** Rows that leave memory after a window. */
  due(): HandOver[]
  /** All that is left, at the end. */
  rest(): HandOver[]
  /** Begin a file that may stay without rows. */
  begin(partition: number): LedgerFile
}

export interface LedgerLimits {
  readonly targetBytes: number
  /** Files that are begun and not closed at the same time. */
  readonly maxOpen: number
  readonly maxBufferedBytes: number
  /** Bytes that an open file may hold encoded, short of a part. */
  readonly openBytes: number
}

/** Bytes of a row beside its values: the number of its file. */
const ROW_BYTES = 4
/** Rows of a file that are so many bytes are written without waiting for more. */
const ROW_GROUP_BYTES = 32 * 1024 * 1024

export function fileLedger({ targetBytes, maxOpen, maxBufferedBytes, openBytes }: LedgerLimits): FileLedger {
  const slots = Math.max(1, Math.min(maxOpen, Math.floor(maxBufferedBytes / 2 / openBytes)))
  const rowGroupBytes = Math.min(ROW_GROUP_BYTES, maxBufferedBytes / 4)
  const files: LedgerFile[] = []
  /** The file of each partition that rows go to now, and how many the partition had. */
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

  /** A place among the open files: a free one, or that of the file which has waited longest for rows. */
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
      // What stays is copied, so that the memory of what leaves can go: there must be room for both.
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
