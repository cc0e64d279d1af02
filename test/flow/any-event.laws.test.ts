import fc from 'fast-check'
import { expect } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import {
  bytesPayload,
  detectSource,
  type EventRecord,
  jsonPayload,
  readRecords,
  textPayload,
} from '../../src/events/index.ts'
import { type BatchOrder, failFrom, processBatch, processBatches } from '../../src/flow/index.ts'
import { SOURCES } from '../events/support/event-arbitraries.ts'
import { law } from '../support/law.ts'
import { mutated } from '../support/mutated-json.ts'

const payload = fc.constantFrom(bytesPayload(), textPayload(), jsonPayload())
const order = fc.constantFrom<BatchOrder>('auto', 'none', 'strict', 'key')
const fate = fc.infiniteStream(fc.boolean())
const anyEvent = fc.oneof(...SOURCES.map(({ arbitrary }) => arbitrary))

/** What a response says about each record, whatever its shape: the identifiers it names, and those that it calls done. */
function toldBy(response: unknown): { readonly named: readonly unknown[]; readonly isSuccess: boolean } {
  const { batchItemFailures, records, results } = response as Record<string, readonly Record<string, unknown>[]>
  if (batchItemFailures !== undefined) {
    const named = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
    return { named, isSuccess: named.length === 0 }
  }
  if (records !== undefined) {
    const isSuccess = records.every(({ result }) => result === 'Ok')
    return { named: records.map(({ recordId }) => recordId), isSuccess }
  }
  const isSuccess = results?.every(({ resultCode }) => resultCode === 'Succeeded') ?? false
  return { named: results?.map(({ taskId }) => taskId) ?? [], isSuccess }
}

law(
  'processBatch: an event of any source, changed anywhere, results in a response that lists its own records, or a typed error',
  fc.asyncProperty(
    fc.oneof(anyEvent, mutated(anyEvent)),
    payload,
    order,
    fate,
    async (event, decoder, chosen, fates) => {
      const handler = async (): Promise<void> => {
        if (fates.next().value) throw undefined
      }
      const outcome = await processBatch(event, handler, { payload: decoder, order: chosen }).catch(
        (error: unknown) => error,
      )
      if (isMillraceError(outcome, 'EVENT_INVALID') || isMillraceError(outcome, 'BATCH_FAILED')) return
      const known = readRecords(event, decoder).map(({ id, kafka }) => JSON.stringify(kafka ?? id))
      const { named } = toldBy(outcome)
      expect(named.filter((each) => each !== '' && !known.includes(JSON.stringify(each)))).toEqual([])
      if (detectSource(event) !== 'firehose' && detectSource(event) !== 's3-batch') {
        expect(new Set(named.map((each) => JSON.stringify(each))).size).toBe(named.length)
      }
    },
  ),
  { runs: 500 },
)

law(
  'processBatches: an event of any source, changed anywhere, results in a response that lists records of failed groups, or a typed error',
  fc.asyncProperty(fc.oneof(anyEvent, mutated(anyEvent)), payload, fate, async (event, decoder, fates) => {
    const handled: string[] = []
    let failures = 0
    const handler = async (records: readonly EventRecord<unknown>[]): Promise<void> => {
      expect(records.length).toBeGreaterThan(0)
      if (!fates.next().value) return void handled.push(...records.map(({ id }) => id))
      failures++
      throw failFrom(records[failures % records.length] as EventRecord<unknown>)
    }
    const outcome = await processBatches(event, handler, { payload: decoder }).catch((error: unknown) => error)
    if (['EVENT_INVALID', 'BATCH_FAILED', 'OPTION_INVALID'].some((code) => isMillraceError(outcome, code as never)))
      return
    const records = readRecords(event, decoder)
    const known = records.map(({ id, kafka }) => JSON.stringify(kafka ?? id))
    const { named, isSuccess } = toldBy(outcome)
    expect(named.filter((each) => each !== '' && !known.includes(JSON.stringify(each)))).toEqual([])
    expect(isSuccess).toBe(failures === 0 && records.every(({ payload: each }) => each.ok))
    if (isSuccess) expect(handled.sort()).toEqual(records.map(({ id }) => id).sort())
  }),
  { runs: 500 },
)

for (const { source, arbitrary } of SOURCES) {
  law(
    `processBatch, ${source}: reports success if all handlers finish, and failure otherwise`,
    fc.asyncProperty(arbitrary, order, fc.nat(5), async (event, chosen, failing) => {
      const run = async (handler: () => Promise<unknown>) => {
        const all = { payload: { decode: () => 'read' }, order: chosen }
        return toldBy(
          await processBatch(event, handler, all).catch(() => ({ batchItemFailures: [{ itemIdentifier: '' }] })),
        )
      }
      expect(detectSource(event)).toBe(source)
      const isReadable = readRecords(event, { decode: () => 'read' }).every((record) => record.payload.ok)
      expect((await run(async () => undefined)).isSuccess).toBe(isReadable)
      let begun = 0
      const { isSuccess } = await run(async () => {
        if (begun++ === failing) throw new Error('fails')
      })
      expect(isSuccess).toBe(isReadable && begun <= failing)
    }),
    { runs: 50 },
  )
}
