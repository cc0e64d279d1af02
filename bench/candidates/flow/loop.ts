import { jsonPayload, readRecords } from 'millrace/events'
import { defineCandidate } from '../../candidate.ts'
import { candidateOf } from './rounds.ts'

const payload = jsonPayload()

export const candidate = defineCandidate(
  candidateOf(async (event, count) => {
    for (const record of readRecords(event, payload)) if (record.payload.ok) await count(record.payload.value)
  }),
)
