import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { RecordBatch } from 'apache-arrow'
import { csv, fileSource, parquet } from 'millrace/codecs'
import { addBatchMetadata, cleanColumnNames, dropDuplicates, fillNulls } from 'millrace/transform'
import { defineCandidate } from '../../candidate.ts'

// `pipeline` is typed for four steps between its ends; a stage is a function, so that steps make one stage by calling one another.
export const candidate = defineCandidate({
  async run({ file, output }) {
    const steps = [
      cleanColumnNames(),
      dropDuplicates(),
      fillNulls({ amount: 0, status: 'unknown', created_at: () => new Date() }),
      addBatchMetadata(),
    ]
    await pipeline(
      csv().read(fileSource(file)),
      (batches: AsyncIterable<RecordBatch>) => steps.reduce((rows, step) => step(rows), batches),
      parquet().write(),
      createWriteStream(output, { highWaterMark: 2 ** 22 }),
    )
  },
})
