import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { codecFor, fileSource, parquet } from 'millrace/codecs'
import { defineCandidate } from '../../candidate.ts'

export const candidate = defineCandidate({
  run: ({ file, output }) =>
    pipeline(
      codecFor(file).read(fileSource(file)),
      parquet().write(),
      createWriteStream(output, { highWaterMark: 2 ** 22 }),
    ),
})
