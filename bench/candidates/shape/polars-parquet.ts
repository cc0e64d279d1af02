import { defineCandidate } from '../../candidate.ts'
import { readFrame } from './polars-frame.ts'

export const candidate = defineCandidate({
  run: ({ file, output }) => readFrame(file).writeParquet(output, { compression: 'snappy' }),
})
