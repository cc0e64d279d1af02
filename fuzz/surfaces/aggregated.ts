import { createHash } from 'node:crypto'
import { isMillraceError } from '../../src/errors.ts'
import { bytesPayload } from '../../src/events/bytes-payload.ts'
import { kplPayload } from '../../src/events/kpl-payload.ts'
import { readRecords } from '../../src/events/records.ts'
import { aggregateRecords } from '../../src/testing/aggregate-records.ts'
import { note } from '../hits.ts'
import { mutateBytes } from '../mutate/bytes.ts'
import { Difference, type Surface } from '../surface.ts'
import { kinesisEvent } from './support/kinesis-event.ts'

const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2])
const decoder = kplPayload(bytesPayload())

/** A message of Protocol Buffers, in a record with its right sum: without it hardly any case would get beyond the sum. */
function run(input: Uint8Array): void {
  const sum = createHash('md5').update(input).digest()
  const whole = Buffer.concat([MAGIC, input, sum])
  const records = readRecords(kinesisEvent(whole), decoder)
  note(1000 + Math.min(records.length, 63))
  const found: { partitionKey: string; data: Uint8Array }[] = []
  for (const { payload, orderingKey, subSequence } of records) {
    if (!payload.ok && !isMillraceError(payload.error)) throw payload.error
    if (payload.ok) note(1100 + (payload.value.length & 31))
    if (payload.ok && subSequence !== undefined) found.push({ partitionKey: orderingKey ?? '', data: payload.value })
  }
  if (found.length === 0 || found.length < records.length) return
  const again = readRecords(kinesisEvent(aggregateRecords(found)), decoder)
  const same = again.every(
    ({ payload }, index) => payload.ok && Buffer.compare(payload.value, found[index]?.data ?? whole) === 0,
  )
  if (again.length !== found.length || !same) throw new Difference('records and the same records packed again')
}

function seeds(): Uint8Array[] {
  const record = (key: string, text: string) => ({ partitionKey: key, data: Buffer.from(text) })
  const lists = [
    [record('a', 'one')],
    [record('a', ''), record('b', 'two'), record('a', 'x'.repeat(300))],
    [record('', '\u00e4')],
  ]
  // With a table of hash keys, their indexes, and a tag.
  const full = Buffer.from('0a01611201341a0e0800100018011a016222050a01741201', 'hex')
  return [...lists.map((list) => new Uint8Array(aggregateRecords(list).subarray(4, -16))), new Uint8Array(full)]
}

export const surface: Surface = { seeds, mutate: mutateBytes(), run }
