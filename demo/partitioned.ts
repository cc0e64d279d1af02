// A partitioned write: a CSV file becomes a dataset with one folder per year and weather, which DuckDB reads as one table.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { csv, fileSource } from 'millrace/codecs'
import { byYear, datasetSink } from 'millrace/dataset'
import { rowCounter } from 'millrace/transform'
import { BUCKET, type S3Server } from '../test/support/s3-server.ts'
import { openDuckDb } from './duckdb.ts'
import { line, printDataset } from './report.ts'

const PREFIX = 'weather'

/** Write a file partitioned, and read it with DuckDB. @returns whether DuckDB counts the rows that were read. */
export async function runPartitioned(server: S3Server, file: string, folder: string): Promise<boolean> {
  const rowsIn = rowCounter()
  const write = await pipeline(
    csv().read(fileSource(file)),
    rowsIn,
    datasetSink(server.client(), {
      bucket: BUCKET,
      prefix: PREFIX,
      name: 'seattle',
      partitionBy: [byYear('date'), 'weather'],
    }),
  )
  for (const { key } of write.files) {
    const path = join(folder, key)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, await server.get(key))
  }
  const duckDb = await openDuckDb()
  try {
    const dataset = await duckDb.readDataset(join(folder, PREFIX))
    printDataset(file, write, dataset)
    return dataset.rows === rowsIn.rows
  } finally {
    duckDb.close()
    line('')
  }
}
