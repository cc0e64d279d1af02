import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import { defineCandidate } from '../../candidate.ts'
import { candidateOf } from './rounds.ts'

const processor = new BatchProcessor(EventType.SQS)

export const candidate = defineCandidate(
  candidateOf((event, count) =>
    processPartialResponse(event as SQSEvent, ({ body }: SQSRecord) => count(JSON.parse(body)), processor),
  ),
)
