import { jsonPayload } from 'millrace/events'
import { processBatch } from 'millrace/flow'
import { defineCandidate } from '../../candidate.ts'
import { candidateOf } from './rounds.ts'

const payload = jsonPayload()
const context = { getRemainingTimeInMillis: () => 900_000 }

export const candidate = defineCandidate(
  candidateOf((event, count) => processBatch(event, count, { payload, context })),
)
