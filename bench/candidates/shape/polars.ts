import { defineCandidate } from '../../candidate.ts'
import { readFrame } from './polars-frame.ts'

export const candidate = defineCandidate({
  run: ({ file }) => readFrame(file),
  facts: (frame) => ({ rows: frame.height, sum: Number(frame.getColumn(frame.columns[0] ?? '').sum()) }),
})
