import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import { defineCandidate } from '../../candidate.ts'
import { candidateOf } from './rounds.ts'

const processor = new BatchProcessor(EventType.KinesisDataStreams)

export const candidate = defineCandidate(
  candidateOf((event, count) =>
    processPartialResponse(
      event as KinesisStreamEvent,
      ({ kinesis }: KinesisStreamRecord) => count(JSON.parse(Buffer.from(kinesis.data, 'base64').toString())),
      processor,
    ),
  ),
)
