// The job in a process that has done it before, as most calls of a Lambda function find theirs.
import { defineCandidate } from '../../candidate.ts'
import { eventsCsv } from '../../generate.ts'
import { candidate as cold } from './millrace.ts'

const FIRST_ROWS = 100_000

export const candidate = defineCandidate({
  async prepare({ output }) {
    await cold.run({ file: await eventsCsv(FIRST_ROWS), output: `${output}.first` }, undefined)
  },
  run: (input) => cold.run(input, undefined),
})
