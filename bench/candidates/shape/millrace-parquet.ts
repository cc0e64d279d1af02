import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { csv, fileSource, parquet } from 'millrace/codecs'
import { defineCandidate } from '../../candidate.ts'

export const candidate = defineCandidate({
  run: ({ file, output }) => pipeline(csv().read(fileSource(file)), parquet().write(), createWriteStream(output)),
})
