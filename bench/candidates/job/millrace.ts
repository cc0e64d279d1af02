import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { csv, fileSource, parquet } from 'millrace/codecs'
import { addBatchMetadata, cleanColumnNames, dropDuplicates, fillNulls } from 'millrace/transform'
import { defineCandidate } from '../../candidate.ts'

export const candidate = defineCandidate({
  async run({ file, output }) {
    await pipeline(
      csv().read(fileSource(file)),
      cleanColumnNames(),
      dropDuplicates(),
      fillNulls({ amount: 0, status: 'unknown', created_at: () => new Date() }),
      addBatchMetadata(),
      parquet().write(),
      createWriteStream(output),
    )
  },
})
