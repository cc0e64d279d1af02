import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { expect } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { channels } from '../../src/internal/channels.ts'
import { type CollectMetricsOptions, collectMetrics } from '../../src/telemetry/index.ts'
import { METRICS, metricNames } from '../../src/telemetry/metrics.ts'
import { law } from '../support/law.ts'
import { emfProblems } from './emf.ts'
import { CHANNEL_NAMES } from './support.ts'

const names = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '_aws',
    '__proto__',
    'toJSON',
    'level',
    'timestamp',
    'requestId',
    'codes',
    ':x',
    ' ',
    ...metricNames(),
  ),
)
const values = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ unit: 'binary' }),
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 'x'.repeat(2000), '', null, undefined),
)
const bag = (maxKeys: number) => fc.dictionary(names, values, { maxKeys })
const options = fc.record(
  {
    namespace: fc.oneof(fc.constantFrom('Orders', 'my/name.space #1', 'AWS/Lambda', ':x', '', ' '), fc.string(), names),
    dimensions: fc.oneof(bag(3), bag(40), fc.constant({})),
    properties: fc.oneof(bag(3), bag(40), fc.constant({})),
    now: fc.constantFrom(
      () => 1_700_000_000_000.5,
      () => new Date(0),
      () => Number.NaN,
      () => 'x' as never,
      () => 9e15,
      () => 1n as never,
    ),
  },
  { requiredKeys: ['namespace'] },
)

/** What anybody may publish on a channel: messages of ours, of another version, or of nobody's. */
const messages = fc.array(
  fc.tuple(
    fc.constantFrom(...CHANNEL_NAMES),
    fc.oneof(
      fc.record(
        Object.fromEntries(
          [
            'rows',
            'bytes',
            'refused',
            'records',
            'attempts',
            'iteratorAgeMs',
            'deadlineHit',
            'code',
            'sent',
            'requestId',
            'outcome',
          ].map((field) => [
            field,
            fc.oneof(fc.double(), fc.nat(), fc.anything(), fc.dictionary(fc.string(), fc.anything())),
          ]),
        ),
        { requiredKeys: [] },
      ),
      fc.anything(),
    ),
  ),
  { maxLength: 10 },
)

const publish = (list: readonly (readonly [keyof typeof channels, unknown])[]): void => {
  for (const [name, message] of list) {
    channels[name].start.publish(message as never)
    channels[name].asyncEnd.publish(message as never)
  }
}

law(
  'collectMetrics: any options are rejected before the run, or result in one line of valid EMF for any published messages',
  fc.asyncProperty(options, messages, async (given, list) => {
    const lines: string[] = []
    let hasRun = false
    const run = async (): Promise<string> => {
      hasRun = true
      publish(list)
      return 'result'
    }
    try {
      const write = (line: string) => lines.push(line)
      expect(await collectMetrics(run, { ...given, write } as CollectMetricsOptions)).toBe('result')
      expect(lines.length).toBe(1)
      expect(emfProblems(lines[0] ?? '')).toEqual([])
    } catch (error) {
      if (!isMillraceError(error, 'OPTION_INVALID')) throw error
      expect([hasRun, lines]).toEqual([false, []])
    }
  }),
  { runs: 500 },
)

law(
  'collectMetrics: the maximum of valid dimensions and properties is one line of valid EMF, with their values',
  fc.asyncProperty(
    fc.uniqueArray(fc.stringMatching(/^[a-z][a-zA-Z0-9 _-]{0,40}$/), { maxLength: 40 }),
    fc.array(fc.stringMatching(/^[!-~][ -~]{0,100}$/), { minLength: 40, maxLength: 40 }),
    fc.nat(30),
    async (list, texts, dimensionCount) => {
      const free = list.filter((name) => !['level', 'timestamp', 'codes', 'requestId'].includes(name))
      const pairs = free.map((name, at) => [name, texts[at] ?? ''] as const)
      const dimensions = Object.fromEntries(pairs.slice(0, dimensionCount))
      const properties = Object.fromEntries(pairs.slice(dimensionCount))
      const lines: string[] = []
      const write = (line: string) => lines.push(line)
      await collectMetrics(async () => {}, { namespace: 'Orders', dimensions, properties, write })
      expect(emfProblems(lines[0] ?? '', Date.now())).toEqual([])
      const line = JSON.parse(lines[0] ?? '')
      expect(line).toMatchObject({ ...dimensions, ...properties, RunsFailed: 0 })
      expect(line._aws.CloudWatchMetrics[0].Dimensions).toEqual([Object.keys(dimensions)])
    },
  ),
)

law(
  'collectMetrics: concurrent runs each see their own operations, at any interleaving',
  fc.asyncProperty(fc.array(fc.array(fc.nat(100), { maxLength: 5 }), { minLength: 2, maxLength: 5 }), async (runs) => {
    const sums = await Promise.all(
      runs.map(async (rows, at) => {
        let line = ''
        const run = async (): Promise<void> => {
          for (const count of rows) {
            await (count % 2 === 0 ? undefined : wait(0))
            publish([['write', { rows: count, bytes: at }]])
          }
        }
        await collectMetrics(run, { namespace: 'Orders', write: (text) => (line = text) })
        return JSON.parse(line).RowsWritten
      }),
    )
    const sumOf = (rows: readonly number[]) =>
      rows.length === 0 ? undefined : rows.reduce((sum, each) => sum + each, 0)
    expect(sums).toEqual(runs.map(sumOf))
  }),
  { runs: 50 },
)

law(
  'collectMetrics: counts of a metric add up over operations; ages are the maximum',
  fc.asyncProperty(
    fc.array(fc.record({ records: fc.nat(1000), iteratorAgeMs: fc.nat(10_000) }), { minLength: 1 }),
    async (list) => {
      let line = ''
      const run = async () => publish(list.map((message) => ['batch', message] as const))
      await collectMetrics(run, { namespace: 'Orders', write: (text) => (line = text) })
      expect(JSON.parse(line)).toMatchObject({
        Records: list.reduce((sum, { records }) => sum + records, 0),
        IteratorAge: Math.max(...list.map(({ iteratorAgeMs }) => iteratorAgeMs)),
      })
      expect(Object.keys(METRICS).length).toBe(9)
    },
  ),
)
