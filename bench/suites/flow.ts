import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { jsonPayload, readRecords } from 'millrace/events'
import { processBatch } from 'millrace/flow'
import { type Contest, measure, type Outcome } from '../measure.ts'
import { overheadMicroseconds } from '../overhead.ts'
import { OURS, outcomeText } from '../report.ts'
import type { Suite } from './suite.ts'

const DATA = fileURLToPath(new URL('../data/', import.meta.url))

/** The most that Lambda hands over at once. */
const BATCH = 10_000
/** As many as the candidates repeat it: a million records in all, so that a second is a microsecond a record. */
const ROUNDS = 100

const LOOP = 'loop over readRecords'

/** A million records through a handler that does next to nothing: what the batch around it costs. */
export const flow: Suite = async ({ runs = 5, only = '' }, print) => {
  const outcomes: Outcome[] = []
  for (const contest of contests()) {
    if (!contest.name.includes(only)) continue
    const outcome = await measure(contest, runs)
    print(`${outcomeText(outcome)}\n${await overheadText(contest.file)}`)
    outcomes.push(outcome)
  }
  return { outcomes }
}

function contests(): readonly Contest[] {
  mkdirSync(DATA, { recursive: true })
  return [
    {
      name: `${BATCH * ROUNDS} SQS messages, in batches`,
      file: eventFile('sqs', (body, n) => ({
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:orders',
        messageId: `message-${n}`,
        body,
        attributes: { SentTimestamp: '1769860800000' },
      })),
      candidates: { [LOOP]: 'flow/loop', 'Powertools, unbounded': 'flow/powertools-sqs', [OURS]: 'flow/millrace' },
    },
    {
      name: `${BATCH * ROUNDS} Kinesis records, in batches`,
      file: eventFile('kinesis', (json, n) => ({
        eventSource: 'aws:kinesis',
        kinesis: {
          data: Buffer.from(json).toString('base64'),
          partitionKey: `customer-${n % 997}`,
          sequenceNumber: String(n).padStart(56, '4'),
          approximateArrivalTimestamp: 1769860800.123,
        },
      })),
      candidates: {
        [LOOP]: 'flow/loop',
        'Powertools, out of order': 'flow/powertools-kinesis',
        [`${OURS}, keys in parallel`]: 'flow/millrace-keys',
        [OURS]: 'flow/millrace',
      },
    },
  ]
}

function eventFile(name: string, recordOf: (json: string, n: number) => unknown): string {
  const file = `${DATA}${name}-${BATCH}.json`
  const Records = Array.from({ length: BATCH }, (_, n) =>
    recordOf(JSON.stringify({ id: `order-${n}`, amount: n % 100 }), n),
  )
  writeFileSync(file, JSON.stringify({ Records }))
  return file
}

/** What `processBatch` adds to a loop that awaits the handler, record by record. */
async function overheadText(file: string): Promise<string> {
  const event: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const payload = jsonPayload()
  const context = { getRemainingTimeInMillis: () => 900_000 }
  const handler = async (): Promise<void> => {}
  const loop = async (): Promise<void> => {
    for (const record of readRecords(event, payload)) if (record.payload.ok) await handler()
  }
  const microseconds = await overheadMicroseconds(loop, () => processBatch(event, handler, { payload, context }))
  return `processBatch adds ${(microseconds / BATCH).toFixed(3)} us of CPU time per record to the loop`
}
