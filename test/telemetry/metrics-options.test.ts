import { expect, test } from 'vitest'
import { type CollectMetricsOptions, collectMetrics } from '../../src/telemetry/index.ts'

const OTHER_BYTES = JSON.stringify([[], [], [['text', '']]]).length

async function lineOf(options: Omit<CollectMetricsOptions, 'namespace'>): Promise<Record<string, unknown>> {
  let line = ''
  await collectMetrics(() => {}, { namespace: 'Orders', write: (text) => (line = text), ...options })
  return JSON.parse(line)
}

const numbered = (length: number) => Object.fromEntries(Array.from({ length }, (_, at) => [`d${at}`, 'x']))

test.each<[string, Omit<CollectMetricsOptions, 'namespace'>, object]>([
  ['30 dimensions', { dimensions: numbered(30) }, numbered(30)],
  ['names that hold those of Lambda', { dimensions: { xlevel: 'a', levels: 'b' } }, { xlevel: 'a', levels: 'b' }],
  [
    'text, numbers, flags, null',
    { properties: { a: '', b: 0, c: false, d: null } },
    { a: '', b: 0, c: false, d: null },
  ],
  ['32 KiB', { properties: { text: 'x'.repeat(32 * 1024 - OTHER_BYTES) } }, {}],
  ['a level of Lambda', { properties: { level: 'DEBUG' } }, { level: 'DEBUG' }],
])('%s fit', async (_, options, expected) => {
  expect(await lineOf(options)).toMatchObject(expected)
})

test.each([' a', 'a/b', 'a'.repeat(255), 'AWS'])('the namespace %j is one', async (namespace) => {
  const line = await lineOf({ namespace } as object)
  expect(line['_aws']).toMatchObject({ CloudWatchMetrics: [{ Namespace: namespace }] })
})

test.each(['', '  ', ':a', 'AWS/a', 'aé', 'éa', 'a'.repeat(256)])('the namespace %j is none', async (namespace) => {
  const error = await lineOf({ namespace } as object).catch((reason) => reason)
  expect(error).toMatchObject({ code: 'OPTION_INVALID', message: expect.stringMatching(/^collectMetrics: namespace/) })
})

test.each([
  [' a', ' b'],
  ['a'.repeat(250), 'b'.repeat(1024)],
])('the dimension %j may be %j', async (name, value) => {
  expect(await lineOf({ dimensions: { [name]: value } })).toMatchObject({ [name]: value })
})

test.each([
  ['  ', 'b'],
  [':a', 'b'],
  ['aé', 'b'],
  ['éa', 'b'],
  ['a'.repeat(251), 'b'],
  ['a', ''],
  ['a', '  '],
  ['a', 'bé'],
  ['a', 'éb'],
  ['a', 'b'.repeat(1025)],
])('the dimension %j may not be %j', async (name, value) => {
  await expect(lineOf({ dimensions: { [name]: value } })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})

test('a property that is undefined is not there, whatever its name', async () => {
  expect(await lineOf({ properties: { Records: undefined, a: undefined } })).not.toHaveProperty('a')
})

test.each<[string, Omit<CollectMetricsOptions, 'namespace'>]>([
  ['a property timestamp', { properties: { timestamp: 'x' } }],
  ['a property codes', { properties: { codes: 'x' } }],
  ['a property twice', { dimensions: { a: 'x' }, properties: { a: 'x' } }],
  ['a dimension level', { dimensions: { level: 'INFO' } }],
  ['a level inside of a text', { properties: { level: 'DEBUG2' } }],
  ['a level at the end of a text', { properties: { level: 'MYDEBUG' } }],
  ['a byte over 32 KiB', { properties: { text: 'x'.repeat(32 * 1024 - OTHER_BYTES + 1) } }],
  ['31 dimensions', { dimensions: numbered(31) }],
])('%s is refused', async (_, options) => {
  await expect(lineOf(options)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})

test('a long name is cut in the message', async () => {
  const error = await lineOf({ dimensions: { ['x'.repeat(300)]: 'a' } }).catch((reason) => reason)
  expect(error.message).toContain(`dimension "${'x'.repeat(40)}" needs`)
})
