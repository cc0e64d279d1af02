import { readFileSync } from 'node:fs'
import { decodeParquet } from 'millrace/codecs'
import { datasetSink } from 'millrace/dataset'
import { defineCandidate } from '../../candidate.ts'
import { factsOfParts } from '../../dataset-facts.ts'
import { folderClient } from '../../folder-client.ts'

export const candidate = defineCandidate({
  prepare: async ({ file }) => (await decodeParquet(readFileSync(file))).batches,
  async run({ output }, batches) {
    const target = { bucket: 'lake', prefix: '', name: 'data', partitionBy: ['part'] }
    await datasetSink(folderClient(`${output}.d`), target)(batches)
  },
  facts: (_, { output }) => factsOfParts(`${output}.d`),
})
