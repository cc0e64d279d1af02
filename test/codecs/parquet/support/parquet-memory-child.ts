import { type ByteSource, fileSource } from '../../../../src/codecs/input/source.ts'
import { readParquet } from '../../../../src/codecs/parquet/read/read-parquet.ts'

// Reads a Parquet file by range and prints the most bytes that were in use beyond those before: run with `--expose-gc`, for garbage does not count. V8 lets
// some 100 MB of buffers gather before it frees them, whoever makes them.
const [path = ''] = process.argv.slice(2)
const memory = () => {
  // Twice: another thread frees the buffers that the first finds unused, and the second waits for it.
  globalThis.gc?.()
  globalThis.gc?.()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return arrayBuffers + heapUsed
}
const before = memory()
let rows = 0
let peak = before
const sample = () => {
  peak = Math.max(peak, memory())
}

// The reader holds most while it reads: a batch's pages, and windows of its columns.
const file = fileSource(path)
let reads = 0
const source: ByteSource = {
  ...file,
  async read(start, end) {
    const bytes = await file.read(start, end)
    if (reads++ % 4 === 0) sample()
    return bytes
  },
}
for await (const batch of readParquet(source)) {
  rows += batch.numRows
  sample()
}
console.log(JSON.stringify({ rows, addedBytes: peak - before }))
