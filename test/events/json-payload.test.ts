import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import * as zod from 'zod'
import * as z from 'zod/mini'
import { jsonPayload, type PayloadDecoder, readRecords, type StandardSchema } from '../../src/events/index.ts'
import { kinesisEvent } from './support/kinesis-event.ts'

const AT_DATA = ['Records', 0, 'kinesis', 'data']
const read = <T>(text: unknown, decoder: PayloadDecoder<T>) => readRecords(kinesisEvent(text), decoder)[0]?.payload
const failed = (code: string, ...steps: readonly (string | number)[]) => ({
  ok: false,
  error: { code, path: [...AT_DATA, ...steps] },
})

describe('without a schema', () => {
  test.each([
    ['0', 0],
    ['-0', -0],
    ['null', null],
    ['""', ''],
    ['"\\ud800"', '\ud800'],
    [' [1, 2] ', [1, 2]],
    ['\uFEFF{"a":1}', { a: 1 }],
    ['\uFEFF{"id":9007199254740993}', { id: 9007199254740993n }],
    ['{"a":1,"a":2}', { a: 2 }],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['123456789012345678901234567890', 123456789012345678901234567890n],
    ['1e3', 1000],
    ['1e300', 1e300],
    ['1e-400', 0],
    ['0.1', 0.1],
    [
      '{"id":9007199254740993,"text":"9007199254740993","list":[1,18446744073709551615]}',
      { id: 9007199254740993n, text: '9007199254740993', list: [1, 18446744073709551615n] },
    ],
    ['{"a":9007199254740993,"a":"last wins"}', { a: 'last wins' }],
    ['{"a":1e400,"a":9007199254740993}', { a: 9007199254740993n }],
  ])('%s is %o', (text, value) => {
    expect(read(text, jsonPayload())).toEqual({ ok: true, value })
  })

  test.each([
    ['', []],
    [' ', []],
    ['{', []],
    ['{"a":1}x', []],
    ["{'a':1}", []],
    ['[1,]', []],
    ['NaN', []],
    ['01', []],
    ['"\u0001"', []],
    ['1e400', []],
    ['-1e400', []],
    ['{"a":[0,{"b":1e400}]}', ['a', 1, 'b']],
  ])('%j is refused at its place', (text, steps) => {
    expect(read(text, jsonPayload())).toMatchObject(failed('PAYLOAD_INVALID', ...steps))
  })

  test('a message names the place and the rule, never the data', () => {
    const messages = ['{"password": hunter2}', '{"password": "hunter2', '{"password" "hunter2"}'].map((text) => {
      const result = read(text, jsonPayload())
      return result?.ok === false && result.error.message.replace('(at position 21) ', '')
    })
    expect(new Set(messages)).toEqual(
      new Set([
        'payload is not JSON (at Records.0.kinesis.data)',
        'payload is not JSON (at position 12) (at Records.0.kinesis.data)',
      ]),
    )
  })

  test('__proto__ is an own key and pollutes nothing, in the fast path and in the exact one', () => {
    for (const number of ['1', '9007199254740993']) {
      const result = read(`{"__proto__":{"polluted":${number}}}`, jsonPayload())
      expect(result?.ok && Object.keys(result.value as object)).toEqual(['__proto__'])
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    }
  })

  test.each(['{"a":1,"\\\\":1}', '{"a":1,"\\n":1}', '{"a":1,"\\u005c":1}', '{"a":1,"\\t":1}'])(
    'the key of %s is its own, whatever was parsed before it',
    (text) => {
      JSON.parse('{"a":1,"\\\\":1}')
      const key = JSON.parse(text.slice(text.indexOf(',') + 1, text.lastIndexOf(':')))
      expect(read(text, jsonPayload())).toEqual({ ok: true, value: { a: 1, [key]: 1 } })
    },
  )

  test('a long text beside a large integer stays whole', () => {
    const long = `${'\\"'.repeat(1_000_000)}${'x'.repeat(3_000_000)}`
    const result = read(`{"long":"${long}","id":9007199254740993}`, jsonPayload())
    expect(result?.ok && (result.value as { long: string }).long.length).toBe(4_000_000)
  })

  test.each([
    [64, true],
    [65, false],
  ])('%i levels deep: %o', (levels, ok) => {
    for (const inner of ['', '9007199254740993']) {
      const result = read('['.repeat(levels) + inner + ']'.repeat(levels), jsonPayload())
      expect(result?.ok).toBe(ok)
      if (!ok) expect(result).toMatchObject(failed('LIMIT_EXCEEDED'))
    }
  })

  test('a million levels deep is refused, and so is depth that a repeated key hides beside a large integer', () => {
    const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000)
    expect(read(deep, jsonPayload())).toMatchObject(failed('LIMIT_EXCEEDED'))
    expect(read(`{"a":${deep},"a":9007199254740993}`, jsonPayload())).toMatchObject(failed('LIMIT_EXCEEDED'))
  })

  test('maxDepth is yours to set', () => {
    expect(read('[[1]]', jsonPayload(undefined, { maxDepth: 1 }))).toMatchObject(failed('LIMIT_EXCEEDED'))
    expect(read('[1]', jsonPayload(undefined, { maxDepth: 1 }))).toEqual({ ok: true, value: [1] })
  })

  test('JSON that the source carries itself is handed on; a cycle is too deep', () => {
    const detail: Record<string, unknown> = { a: 1 }
    const event = { id: '1', source: 's', 'detail-type': 'd', detail }
    const [record] = readRecords(event, jsonPayload())
    expect(record?.payload).toEqual({ ok: true, value: detail })
    detail['self'] = detail
    expect(readRecords(event, jsonPayload())[0]?.payload).toMatchObject({
      ok: false,
      error: { code: 'LIMIT_EXCEEDED', path: ['detail'] },
    })
  })
})

const SCHEMAS: Readonly<Record<string, StandardSchema<{ id: number; name?: string | undefined }>>> = {
  zod: zod.object({ id: zod.number(), name: zod.optional(zod.string()) }),
  'zod/mini': z.object({ id: z.number(), name: z.optional(z.string()) }),
  valibot: v.object({ id: v.number(), name: v.optional(v.string()) }),
  arktype: type({ id: 'number', 'name?': 'string' }),
}

describe.each(Object.entries(SCHEMAS))('with a schema of %s', (_, schema) => {
  test('takes what fits', () => {
    expect(read('{"id":1,"name":"a"}', jsonPayload(schema))).toEqual({ ok: true, value: { id: 1, name: 'a' } })
  })

  test.each([
    ['{"id":"1"}', ['id']],
    ['{"id":9007199254740993}', ['id']],
    ['{"id":1,"name":null}', ['name']],
    ['{}', ['id']],
    ['[]', []],
  ])('refuses %s, with the path into the event and then into the payload', (text, steps) => {
    const result = read(text, jsonPayload(schema))
    expect(result).toMatchObject({ ok: false, error: { code: 'PAYLOAD_INVALID' } })
    const path = result?.ok === false ? result.error.path : []
    expect(path?.slice(0, 4)).toEqual(AT_DATA)
    // Of a list valibot and arktype name a field that it lacks.
    if (text !== '[]') expect(path?.slice(4)).toEqual(steps)
  })

  test('the issues of the library are the cause, and its words stay out of the message', () => {
    const result = read('{"id":"person@example.com"}', jsonPayload(schema))
    expect(result?.ok === false && result.error.message).not.toContain('person')
    expect(result?.ok === false && result.error.cause).toHaveProperty(['0', 'message'])
  })
})

describe('integers beyond 2^53', () => {
  const text = '{"id":9007199254740993}'
  test.each<[string, StandardSchema<unknown>, unknown]>([
    ['bigint of zod', zod.object({ id: zod.bigint() }), 9007199254740993n],
    ['bigint of zod/mini', z.object({ id: z.bigint() }), 9007199254740993n],
    ['bigint of valibot', v.object({ id: v.bigint() }), 9007199254740993n],
    ['bigint of arktype', type({ id: 'bigint' }), 9007199254740993n],
    ['text', zod.object({ id: zod.coerce.string() }), '9007199254740993'],
  ])('are exact as %s', (_, schema, id) => {
    expect(read(text, jsonPayload(schema))).toEqual({ ok: true, value: { id } })
  })

  test.each<[string, StandardSchema<unknown>]>([
    ['number of zod', zod.object({ id: zod.number() })],
    ['integer of zod', zod.object({ id: zod.int() })],
    ['number of valibot', v.object({ id: v.number() })],
    ['number of arktype', type({ id: 'number' })],
  ])('are refused as a %s', (_, schema) => {
    expect(read(text, jsonPayload(schema))).toMatchObject(failed('PAYLOAD_INVALID', 'id'))
  })
})

describe('schemas that misbehave', () => {
  const standard = (validate: (value: unknown) => unknown): StandardSchema<unknown> => ({
    '~standard': { version: 1, vendor: 'test', validate: validate as StandardSchema<unknown>['~standard']['validate'] },
  })

  test.each<[string, StandardSchema<unknown>]>([
    ['zod', zod.string().refine(async () => true)],
    [
      'valibot',
      v.pipeAsync(
        v.string(),
        v.checkAsync(async () => true),
      ),
    ],
    ['one that rejects', standard(async () => Promise.reject(new Error('late')))],
    [
      'a thenable',
      // biome-ignore lint/suspicious/noThenProperty: what is no Promise can be waited for all the same
      standard(() => ({ then: (_: unknown, reject: (reason: unknown) => void) => reject(new Error('late')) })),
    ],
  ])('an asynchronous one is refused: %s', (_, schema) => {
    const result = read('"text"', jsonPayload(schema))
    expect(result).toMatchObject(failed('PAYLOAD_INVALID'))
    expect(result?.ok === false && result.error.message).toContain('asynchronous')
  })

  test('one that throws is one failed result with the cause', () => {
    const cause = new TypeError('no')
    const schema = standard(() => {
      throw cause
    })
    expect(read('1', jsonPayload(schema))).toMatchObject({ ...failed('PAYLOAD_INVALID'), error: { cause } })
  })

  test.each([
    undefined,
    null,
    7,
    {},
    { issues: [] },
    { issues: [{ message: 'no', path: [{ key: 'a' }, Symbol('s'), 0] }] },
  ])('one that gives %o harms nobody', (result) => {
    const given = read('1', jsonPayload(standard(() => result)))
    expect(given === undefined || given.ok || given.error.code === 'PAYLOAD_INVALID').toBe(true)
  })

  test.each([null, {}, 'schema', { '~standard': {} }])('%o is no schema', (schema) => {
    expect(() => jsonPayload(schema as never)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})
