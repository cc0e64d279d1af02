import { fileSource } from '../../../../src/codecs/input/source.ts'
import { readParquet } from '../../../../src/codecs/parquet/read/read-parquet.ts'

// Reads a Parquet file by range and says what the process took beyond what it took before, at the most.
const [path = ''] = process.argv.slice(2)
const before = process.memoryUsage().rss
let rows = 0
let peak = before
// The process's own high-water mark begins with that of the process that started it.
for await (const batch of readParquet(fileSource(path))) {
  rows += batch.numRows
  peak = Math.max(peak, process.memoryUsage().rss)
}
const addedMb = Math.round((peak - before) / 2 ** 20)
console.log(JSON.stringify({ rows, addedMb }))
