import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { type CheckedEventSource, checkEventSource, EVENT_SOURCE_LIMITS } from '../../src/limits/index.ts'
import { law } from '../support/law.ts'

const SOURCES = ['sqs', 'kinesis', 'dynamodb-stream', 'kafka'] as const
const source: fc.Arbitrary<CheckedEventSource> = fc.constantFrom(...SOURCES)
const NAMES = [
  ...new Set(SOURCES.flatMap((one) => Object.keys(EVENT_SOURCE_LIMITS[one]).map((path) => path.split('.')[0] ?? path))),
  ...[
    'FunctionResponseTypes',
    'BisectBatchOnFunctionError',
    'DestinationConfig',
    'FifoQueue',
    'EventSourceArn',
    '__proto__',
  ],
]
const CANARY = 'canary-9f3b'

const unknown = fc.constantFrom<unknown>(
  { Ref: 'Batch' },
  { 'Fn::If': ['IsProd', 10, 20] },
  { 'Fn::Sub': `${CANARY}` },
  '{{resolve:ssm:/batch}}',
)
/** Made in the law itself: fast-check asks its values for methods, which these do not bear. */
const HOSTILE: readonly (() => unknown)[] = [
  () => new Proxy({}, { ownKeys: () => raise(), get: () => raise(), getOwnPropertyDescriptor: () => raise() }),
  () => new Proxy([], { get: () => raise(), has: () => raise(), getPrototypeOf: () => raise() }),
  () => revoked(),
  () => [revoked()],
  () => Object.defineProperties({}, { OnFailure: { get: raise, enumerable: true }, BatchSize: { get: raise } }),
  () => Object.defineProperty({}, 'Ref', { get: raise, enumerable: true }),
  () => cyclic(),
  () => '{"deadLetterTargetArn":',
  () => `{"maxReceiveCount":"${CANARY}"}`,
  () => CANARY,
  () => Symbol(CANARY),
  () => 10n,
  () => Object.create(null),
  () => Number.NaN,
]
const hostile = fc.nat(HOSTILE.length - 1)
const setting = fc.oneof(fc.anything(), unknown, fc.integer(), fc.integer().map(String))
const config = fc.oneof({ weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...NAMES), setting) }, fc.anything())

const raise = (): never => {
  throw new Error(CANARY)
}
function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
function cyclic(): unknown {
  const bag: Record<string, unknown> = {}
  bag['OnFailure'] = bag
  return bag
}

describe('checkEventSource', () => {
  law(
    'checkEventSource: any configuration, including hostile objects, returns findings that quote no text of it',
    fc.property(
      source,
      config,
      fc.dictionary(fc.constantFrom(...NAMES), hostile),
      hostile,
      (kind, given, places, whole) => {
        const bad = Object.fromEntries(Object.entries(places).map(([name, at]) => [name, HOSTILE[at]?.()]))
        const mixed = typeof given === 'object' ? { ...given, ...bad } : bad
        const findings = [given, mixed, HOSTILE[whole]?.()].flatMap((one) => checkEventSource(kind, one))
        for (const { severity, rule, setting: name, message } of findings) {
          expect(['error', 'warning']).toContain(severity)
          expect(rule).toMatch(/^[a-z-]+$/)
          expect(name).toMatch(/^[A-Za-z.]+$/)
          expect(message).not.toBe('')
        }
        expect(JSON.stringify(findings)).not.toContain(CANARY)
      },
    ),
    { runs: 2000 },
  )

  law(
    'checkEventSource: a number is an error if and only if it is outside the range in EVENT_SOURCE_LIMITS',
    fc.property(source, fc.integer({ min: -5, max: 1_000_000 }), fc.nat(), (kind, value, pick) => {
      const ranges = Object.entries(EVENT_SOURCE_LIMITS[kind])
      const [path = '', range] = ranges[pick % ranges.length] ?? []
      const given = path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
      const isInRange = range !== undefined && ((value >= range.min && value <= range.max) || value === range.also)
      const told = (one: unknown) =>
        checkEventSource(kind, one).filter(({ rule, setting }) => rule === 'out-of-range' && setting === path)
      expect(told(given).length).toBe(isInRange ? 0 : 1)
    }),
    { runs: 1000 },
  )

  law(
    'checkEventSource: values known only to CloudFormation are never out of range, and AWS::NoValue counts as absent',
    fc.property(source, fc.constantFrom(...NAMES), unknown, (kind, name, value) => {
      expect(checkEventSource(kind, { [name]: value }).filter(({ rule }) => rule === 'out-of-range')).toEqual([])
      expect(checkEventSource(kind, { [name]: { Ref: 'AWS::NoValue' } })).toEqual(checkEventSource(kind, {}))
    }),
  )

  law(
    'checkEventSource: a mapping as text, as numbers and with RedrivePolicy as JSON has the same findings',
    fc.property(fc.nat(20), fc.nat(400), fc.nat(100), fc.nat(20), (receives, visible, timeout, batch) => {
      const policy = { deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:1:dead', maxReceiveCount: receives }
      const numbers = { VisibilityTimeout: visible, Timeout: timeout, BatchSize: batch, RedrivePolicy: policy }
      const text = {
        VisibilityTimeout: `${visible}`,
        Timeout: `${timeout}`,
        BatchSize: `${batch}`,
        RedrivePolicy: JSON.stringify(policy),
      }
      expect(checkEventSource('sqs', text)).toEqual(checkEventSource('sqs', numbers))
    }),
  )
})
