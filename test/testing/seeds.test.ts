import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { Table } from 'apache-arrow'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { arbitraryAttribute } from '../../src/testing/arbitrary-image.ts'
import * as testing from '../../src/testing/index.ts'

/** Hashes of what each arbitrary draws of one seed. A failing seed of a user replays after an upgrade as long as they stay: change them on purpose alone. */
const DRAWN: Readonly<Record<string, string>> = {
  arbitraryActiveMqEvent: '8ff26bb176624a10',
  arbitraryAggregatedRecord: 'a1f418b2c10ce4da',
  arbitraryAlbEvent: 'a0aae0ad1ab86d28',
  arbitraryApiGatewayHttpEvent: '51ef29e5512a353f',
  arbitraryApiGatewayRestEvent: 'cd4f3de0a3210fd1',
  arbitraryAsyncFailureEvent: '9a94d23c554c2c63',
  arbitraryChange: '6c4342e47ee01f8e',
  arbitraryCloudWatchAlarmEvent: 'bec735347746ff06',
  arbitraryCloudWatchLogsData: '7f3f5071361c3cf8',
  arbitraryCloudWatchLogsEvent: '472d0e20de7487e8',
  arbitraryCsv: '765ad257044834b2',
  arbitraryDistributedMapEvent: 'b2f4eb7e25f97b41',
  arbitraryDocumentDbEvent: '84fbb00c711fec6c',
  arbitraryDynamoDBStreamEvent: 'a8fcbbec0bdaaccf',
  arbitraryEventBridgeEvent: 'cf7ce575c4ab9e48',
  arbitraryFirehoseEvent: '309b336996b94288',
  arbitraryGzip: 'e7f440114426d0b8',
  arbitraryImage: '93bf62c79aa362c3',
  arbitraryKafkaEvent: '9afcc07c8ac4675f',
  arbitraryKinesisEvent: '5dac28d35b82a511',
  arbitraryPayload: '8b3ea98a68213869',
  arbitraryRabbitMqEvent: '2c288c92373e0e10',
  arbitraryS3BatchEvent: 'ca0c31999baff43f',
  arbitraryS3Event: 'd70cdcfdf8d1d065',
  arbitraryS3EventBridgeEvent: 'f394a067bab1f6de',
  arbitraryScheduledEvent: '4e33c34827e3854f',
  arbitrarySesEvent: '9c93cbcb59e96781',
  arbitrarySnsEvent: '7ff37d89ff043684',
  arbitrarySqsEvent: '2b1cf1a940fcc916',
  arbitraryStreamFailureEvent: 'cbe1542dade99eeb',
  arbitraryTable: 'fb7b90793258a0ed',
  arbitraryVpcLatticeEvent: 'e3e40c3814a96915',
  arbitraryWebSocketEvent: '41cbbc10127fe445',
}

/** A value as JSON holds it; compressed bytes as what is in them, since each version of zlib writes them in its own way. */
function shown(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'string' && value.startsWith('H4sI')) return shown(Buffer.from(value, 'base64'))
  if (value instanceof Uint8Array) return Buffer.from(value[0] === 0x1f ? gunzipSync(value) : value).toString('hex')
  if (value instanceof Set || value instanceof Map) return [...value]
  return value instanceof Table ? [value.schema.toString(), ...rowsFromTable(value)] : value
}

const arbitraries = Object.entries(testing).filter(([name]) => /^arbitrary[A-Z]/.test(name)) as [
  string,
  () => fc.Arbitrary<unknown>,
][]

function hashOf(drawn: unknown): string {
  const text = JSON.stringify(drawn, function (this: Record<string, unknown>, name) {
    return shown(this[name])
  })
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

test.each(arbitraries)('%s draws the same values of a seed as ever', (name, make) => {
  expect(hashOf(fc.sample(make(), { seed: 20261121, numRuns: 60 }))).toBe(DRAWN[name])
})

/** Arbitraries with options. */
const OPTIONS: readonly (readonly [string, fc.Arbitrary<unknown>, string])[] = [
  ['arbitraryChange, ignore', testing.arbitraryChange({ read: { ignore: ['a'] } }), '141d943b4bade2de'],
  ['arbitraryCsv, large', testing.arbitraryCsv({ maxColumns: 9, maxRows: 60 }), '3715d1dfade527db'],
  ['arbitraryFirehoseEvent, isFromMsk', testing.arbitraryFirehoseEvent({ isFromMsk: true }), '8221fec638b2794d'],
  ['arbitraryImage, binary', testing.arbitraryImage({ binary: 'bytes', maxKeys: 9 }), '24c3ff53f5fb8cdc'],
  [
    'arbitraryS3Event, key',
    testing.arbitraryS3Event({ key: fc.constantFrom('a b', 'ü'), maxRecords: 2 }),
    'f08362447af30a47',
  ],
  ['arbitrarySqsEvent, fifo', testing.arbitrarySqsEvent({ fifo: true, minRecords: 7 }), 'd4d525df2333a58d'],
  [
    'arbitrarySqsEvent, standard',
    testing.arbitrarySqsEvent({ fifo: false, payload: fc.uint8Array() }),
    'b571ad0536a1ae10',
  ],
  [
    'arbitraryTable, large',
    testing.arbitraryTable({ types: ['decimal(5,2)', 'string'], maxRows: 60 }),
    '6e36858c84bb0443',
  ],
]

test.each(OPTIONS)('%s draws the same values of a seed as ever', (_, arbitrary, hash) => {
  expect(hashOf(fc.sample(arbitrary, { seed: 20261121, numRuns: 60 }))).toBe(hash)
})

test('binary values of images stay short in any size that fast-check is told to draw', () => {
  const before = fc.readConfigureGlobal()
  fc.configureGlobal({ ...before, baseSize: 'xlarge' })
  const lengths = fc
    .sample(arbitraryAttribute({ binary: 'bytes', numbers: fc.constant('1') }), { seed: 1, numRuns: 1000 })
    .flatMap((value) => (value.B instanceof Uint8Array ? [value.B.length] : []))
  fc.configureGlobal(before)
  expect(Math.max(...lengths)).toBe(12)
})
