import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesPayload } from '../../src/events/index.ts'
import { processBatch } from '../../src/flow/index.ts'
import { law } from '../support/law.ts'

type Answer = Readonly<Record<string, unknown>>

/** Data of a record as it lies in the event: base64, or what only looks like a record of Firehose. */
const own = fc.oneof(
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('base64')) },
  fc.constantFrom('', '"'.repeat(9), 'é€', '\u0000'.repeat(5)),
)
const result = fc.oneof(
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 120 }) },
  fc.constantFrom(undefined, { result: 'Dropped' }, { result: 'ProcessingFailed' }),
  fc.constant({ result: 'Ok', data: 'x'.repeat(60), metadata: { partitionKeys: { day: 'é' } } }),
)

const bytesOf = (records: readonly Answer[]): number => Buffer.byteLength(JSON.stringify({ records }))

/** The answers that fit, found by writing the whole response: all that do not grow, then in order those for which there is room. */
function answersWithin(maxBytes: number, answers: readonly Answer[], failed: readonly Answer[]): readonly Answer[] {
  const sizeOf = (each: Answer | undefined): number => bytesOf(each === undefined ? [] : [each])
  const chosen = answers.map((each, n) => (sizeOf(each) <= sizeOf(failed[n]) ? each : failed[n])) as Answer[]
  for (const [n, answer] of answers.entries()) {
    const withIt = chosen.map((each, at) => (at === n ? answer : each))
    if (bytesOf(withIt) <= maxBytes) chosen[n] = answer
  }
  return bytesOf(answers) <= maxBytes ? answers : chosen
}

test('every limit, to the byte, next to a record whose data is no base64', async () => {
  const records = ['"'.repeat(20), '', 'é'.repeat(20), ''].map((data, n) => ({ recordId: `r${n}`, data }))
  const event = { deliveryStreamArn: 'arn', records }
  const failed = records.map(({ recordId, data }) => ({ recordId, result: 'ProcessingFailed', data }))
  const run = async (maxResponseBytes: number): Promise<readonly Answer[]> => {
    const options = { payload: bytesPayload(), maxResponseBytes }
    const response = await processBatch<Uint8Array, object>(event, async () => Buffer.alloc(60), options)
    return (response as unknown as { records: readonly Answer[] }).records
  }
  const answers = await run(10_000)
  expect(answers.map(({ result }) => result)).toEqual(['ProcessingFailed', 'Ok', 'ProcessingFailed', 'Ok'])
  for (let limit = 250; limit <= bytesOf(answers) + 1; limit++)
    expect([limit, await run(limit)]).toEqual([limit, answersWithin(limit, answers, failed)])
})

law(
  'processBatch of Firehose: a response is as full as its limit lets it be, in order, and what does not fit has its own data',
  fc.asyncProperty(
    fc.array(fc.tuple(own, result), { minLength: 1, maxLength: 6 }),
    fc.constantFrom('data', 'kafkaRecordValue'),
    fc.integer({ min: 1, max: 1200 }),
    async (list, field, maxResponseBytes) => {
      const records = list.map(([data], n) => ({ recordId: `r${n}`, [field]: data }))
      const event = { deliveryStreamArn: 'arn', records }
      const failed = records.map(({ recordId, ...data }) => ({ recordId, result: 'ProcessingFailed', ...data }))
      const run = async (limit?: number): Promise<readonly Answer[]> => {
        const results = list.map(([, each]) => each)
        const handler = async (_: unknown, { id }: { id: string }) => results[Number(id.slice(1))]
        const options = { payload: bytesPayload(), ...(limit !== undefined && { maxResponseBytes: limit }) }
        return (await processBatch<Uint8Array, object>(event, handler, options)) as never
      }
      const { records: answers } = (await run()) as unknown as { records: readonly Answer[] }
      const { records: within } = (await run(maxResponseBytes)) as unknown as { records: readonly Answer[] }
      expect(within).toEqual(answersWithin(maxResponseBytes, answers, failed))
    },
  ),
)
