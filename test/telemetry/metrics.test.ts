import { describe, expect, test, vi } from 'vitest'
import { channels } from '../../src/internal/channels.ts'
import { type CollectMetricsOptions, collectMetrics } from '../../src/telemetry/index.ts'

type Channel = keyof typeof channels

async function lineOf(
  messages: readonly (readonly [Channel, object])[],
  options: Partial<CollectMetricsOptions> = {},
): Promise<Record<string, unknown>> {
  let line = ''
  const run = () => {
    for (const [name, message] of messages) {
      channels[name].start.publish(message as never)
      channels[name].asyncEnd.publish(message as never)
    }
  }
  await collectMetrics(run, { namespace: 'Orders', write: (text) => (line = text), ...options })
  return JSON.parse(line)
}

test.each<[Channel, object, object]>([
  ['read', { rows: 2, bytes: 9 }, { RowsRead: 2, BytesRead: 9 }],
  [
    'read',
    { rows: 2, bytes: 9, refused: { A: 1, B: 2 } },
    { RowsRead: 2, BytesRead: 9, RowsRefused: 3, codes: { A: 1, B: 2 } },
  ],
  ['write', { rows: 3, bytes: 8 }, { RowsWritten: 3, BytesWritten: 8 }],
  ['transform', { rowsIn: 5, rowsOut: 4 }, { RowsIn: 5, RowsOut: 4 }],
  [
    'batch',
    { records: 9, succeeded: 5, failed: 2, quarantined: 1, skipped: 1, deadlineHit: true, iteratorAgeMs: 7 },
    {
      Records: 9,
      RecordsSucceeded: 5,
      RecordsFailed: 2,
      RecordsQuarantined: 1,
      RecordsSkipped: 1,
      DeadlineHits: 1,
      IteratorAge: 7,
    },
  ],
  ['batch', { deadlineHit: false }, { DeadlineHits: 0 }],
  ['idempotent', { outcome: 'replayed' }, { Replays: 1, Takeovers: 0, LeasesLost: 0 }],
  ['idempotent', { outcome: 'taken-over' }, { Replays: 0, Takeovers: 1, LeasesLost: 0 }],
  ['idempotent', { outcome: 'lease-lost' }, { Replays: 0, Takeovers: 0, LeasesLost: 1 }],
  ['idempotent', { outcome: 'ran' }, { Replays: 0, Takeovers: 0, LeasesLost: 0 }],
  ['retry', { attempts: 1 }, { Retries: 0 }],
  ['retry', { attempts: 4 }, { Retries: 3 }],
  ['deadline', {}, { DeadlineHits: 1 }],
  [
    'send',
    { sent: 5, refused: 1, failed: 2, unknown: 3, requests: 4 },
    { EntriesSent: 5, EntriesRefused: 1, EntriesFailed: 2, EntriesUnknown: 3, Requests: 4 },
  ],
  ['split', {}, { Splits: 1 }],
])('%s %j is counted as %j, and as nothing else', async (channel, message, expected) => {
  const { _aws, level, timestamp, ...counted } = await lineOf([[channel, message]])
  expect(counted).toEqual({ RunsFailed: 0, ...expected })
})

test('what is no number from 0 up, and exact, counts as nothing', async () => {
  const amounts = ['5', -1, Number.NaN, 2 ** 53, 1n, true, 2 ** 53 - 1]
  const line = await lineOf(amounts.map((rows) => ['write', { rows }] as const))
  expect(line['RowsWritten']).toBe(2 ** 53 - 1)
})

test('a request that is no text is not named', async () => {
  const line = await lineOf([
    ['batch', { requestId: 'a-1' }],
    ['batch', { requestId: 7 }],
  ])
  expect(line['requestId']).toBe('a-1')
})

describe('codes', () => {
  test('only those that look like a code are named', async () => {
    const names = ['A', 'x'.repeat(80), 'x'.repeat(81), '', 'a b', '!A', 'A!', 7]
    const line = await lineOf(names.map((code) => ['write', { code }] as const))
    expect(line['codes']).toEqual({ A: 1, ['x'.repeat(80)]: 1 })
  })

  test('20 are named, in order, and count on; those beyond are not', async () => {
    const codes = Array.from({ length: 22 }, (_, at) => `C${at}`)
    const line = await lineOf([...codes, 'C0', 'C21'].map((code) => ['write', { code }] as const))
    const first = Object.fromEntries(codes.slice(0, 20).map((code) => [code, 1]))
    expect(line['codes']).toEqual({ ...first, C0: 2 })
  })

  test('without one the line has no such field', async () => {
    expect(await lineOf([['write', { rows: 1 }]])).not.toHaveProperty('codes')
  })
})

test('the line goes to standard output with a line break where no writer is given', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  try {
    await collectMetrics(() => 7, { namespace: 'Orders' })
    expect(write.mock.calls.length).toBe(1)
    expect(String(write.mock.calls[0]?.[0])).toMatch(/^\{"_aws":.*"RunsFailed":0\}\n$/)
  } finally {
    write.mockRestore()
  }
})

test.each([
  [0, 0],
  [new Date(5), 5],
  [1.9, 1],
  [8.64e15, 8.64e15],
])('a clock at %s is the time of the line', async (now, expected) => {
  expect(await lineOf([], { now: () => now })).toMatchObject({ _aws: { Timestamp: expected } })
})

test.each([-1, 8.64e15 + 1, Number.NaN, new Date(Number.NaN)])(
  'a clock at %s gives way to that of the system',
  async (now) => {
    const before = Date.now()
    const { _aws } = await lineOf([], { now: () => now })
    const { Timestamp } = _aws as { Timestamp: number }
    expect(Timestamp).toBeGreaterThanOrEqual(before)
    expect(Timestamp).toBeLessThanOrEqual(Date.now())
  },
)
