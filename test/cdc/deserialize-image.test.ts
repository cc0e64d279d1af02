import { describe, expect, test } from 'vitest'
import { deserializeImage, deserializeValue, serializeImage, serializeValue } from '../../src/cdc/index.ts'
import { isMillraceError } from '../../src/errors.ts'

/** What a call throws; undefined where it does not. */
function errorOf(call: () => unknown): unknown {
  try {
    call()
    return undefined
  } catch (error) {
    return error
  }
}

describe('deserializeValue', () => {
  test.each<[string, unknown, unknown]>([
    ['text', { S: '' }, ''],
    ['true', { BOOL: true }, true],
    ['null', { NULL: true }, null],
    ['base64', { B: 'AP8=' }, Uint8Array.of(0, 255)],
    ['bytes', { B: Uint8Array.of(7) }, Uint8Array.of(7)],
    ['no bytes', { B: '' }, new Uint8Array(0)],
    ['a list', { L: [{ S: 'a' }, { L: [] }] }, ['a', []]],
    ['a map', { M: { a: { M: {} } } }, { a: {} }],
    ['a set of texts', { SS: ['a', 'b', 'a'] }, new Set(['a', 'b'])],
    ['a set of numbers', { NS: ['1', '2.5', '1.0'] }, new Set([1, 2.5])],
    ['an empty set, as the samples of AWS have it', { SS: [] }, new Set()],
    ['tags that the types of the SDK leave undefined', { S: 'a', N: undefined }, 'a'],
  ])('%s', (_, value, expected) => {
    expect(deserializeValue(value as never)).toStrictEqual(expected)
  })

  test('a set of bytes holds each content once', () => {
    const members = deserializeValue({ BS: ['AAE=', 'AAE=', 'AA=='] }) as Set<Uint8Array>
    expect([...members]).toEqual([Uint8Array.of(0, 1), Uint8Array.of(0)])
  })

  test.each<[string, unknown]>([
    ['0', 0],
    ['-0', 0],
    ['-0.0e7', 0],
    ['19.90', 19.9],
    ['-12.5', -12.5],
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['1.0E20', 100000000000000000000n],
    ['1e15', 1e15],
    ['1.5e3', 1500],
    ['1e21', 10n ** 21n],
    ['9.99E+125', 999n * 10n ** 123n],
    ['1e-130', 1e-130],
    ['0.1', 0.1],
    ['0.30000000000000004', 0.30000000000000004],
    ['1234567.1234567892', 1234567.1234567892],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['9007199254740993.5', '9007199254740993.5'],
    ['1e400', '1e400'],
    ['1e-400', '1e-400'],
  ])("numbers 'auto': %s", (text, expected) => {
    expect(deserializeValue({ N: text })).toBe(expected)
  })

  test('numbers as the other options make them', () => {
    const text = '9007199254740993'
    expect(deserializeValue({ N: text }, { numbers: 'number' })).toBe(9007199254740992)
    expect(deserializeValue({ N: '-0' }, { numbers: 'number' })).toBe(0)
    expect(deserializeValue({ N: '1.50e1' }, { numbers: 'bigint' })).toBe(15n)
    expect(deserializeValue({ N: '1.50e1' }, { numbers: 'string' })).toBe('1.50e1')
    expect(deserializeValue({ NS: ['1', '2'] }, { numbers: (each) => `#${each}` })).toEqual(new Set(['#1', '#2']))
  })

  test('binary as text, sets as arrays', () => {
    expect(deserializeValue({ B: 'AP8=' }, { binary: 'base64' })).toBe('AP8=')
    expect(deserializeValue({ B: Uint8Array.of(0, 255) }, { binary: 'base64' })).toBe('AP8=')
    expect(deserializeValue({ SS: ['b', 'a'] }, { sets: 'array' })).toEqual(['b', 'a'])
  })

  test('a custom number that throws is a fault of its attribute', () => {
    const numbers = (): never => {
      throw new RangeError('no')
    }
    const error = errorOf(() => deserializeImage({ a: { L: [{ N: '1' }] } }, { numbers }))
    expect(error).toMatchObject({ code: 'ATTRIBUTE_INVALID', path: ['a', 0], cause: expect.any(RangeError) })
  })
})

describe('what is no attribute value: ATTRIBUTE_INVALID with its path, no value in the message', () => {
  const secret = 'sEcReT'
  const numbers = [
    '',
    ' 12 ',
    '0x10',
    'abc',
    '.5',
    '5.',
    '+5',
    '007',
    '-',
    '-.5',
    'NaN',
    'Infinity',
    '1e',
    '1e+',
    '1_0',
    '١',
    '--1',
    '1.2.3',
    '00',
    secret,
  ]
  const values: [string, unknown][] = [
    ...numbers.map((text): [string, unknown] => [`N ${JSON.stringify(text)}`, { N: text }]),
    ['N as a number', { N: 5 }],
    ['S as a number', { S: 5 }],
    ['S null', { S: null }],
    ['NULL false', { NULL: false }],
    ['BOOL text', { BOOL: 'false' }],
    ['two types', { S: secret, N: '1' }],
    ['no type', {}],
    ['an unknown type', { X: secret }],
    ['a type of the prototype', { toString: secret }],
    ['null', null],
    ['undefined', undefined],
    ['text', secret],
    ['a number', 5],
    ['a list', []],
    ['L as a map', { L: { 0: { S: 'a' } } }],
    ['M as a list', { M: [] }],
    ['M null', { M: null }],
    ['SS as text', { SS: secret }],
    ['B as a list', { B: [1] }],
    ...['A', 'AA', 'AAA', 'A===', 'AA=A', '@@@@', 'AP8=\n', ' AP8=', 'AB==', 'AAB=', '-_-_', '===='].map(
      (text): [string, unknown] => [`B ${JSON.stringify(text)}`, { B: text }],
    ),
  ]
  test.each(values)('%s', (_, value) => {
    for (const options of [
      {},
      { numbers: 'string', binary: 'base64', sets: 'array' } as const,
      { numbers: 'number' } as const,
    ]) {
      const error = errorOf(() => deserializeImage({ a: { L: [{ S: '' }, { M: { b: value as never } }] } }, options))
      expect(isMillraceError(error, 'ATTRIBUTE_INVALID')).toBe(true)
      expect(error).toMatchObject({ path: ['a', 1, 'b'] })
      expect(String(error)).not.toContain(secret)
    }
  })

  test.each<[string, unknown]>([
    ['NS', { NS: ['1', 'abc'] }],
    ['SS', { SS: ['1', 5] }],
    ['BS', { BS: ['', '@'] }],
    ['L with undefined', { L: [{ S: '' }, undefined, { S: '' }] }],
  ])('a member of %s', (_, value) => {
    expect(errorOf(() => deserializeImage({ a: value as never }))).toMatchObject({
      code: 'ATTRIBUTE_INVALID',
      path: ['a', 1],
    })
  })

  test.each<[string, unknown]>([
    ['a list', []],
    ['null', null],
    ['undefined', undefined],
    ['text', 'a'],
  ])('an image that is %s', (_, image) => {
    expect(errorOf(() => deserializeImage(image as never))).toMatchObject({ code: 'ATTRIBUTE_INVALID', path: [] })
  })

  test('a fraction as bigint, and what no double holds as number', () => {
    expect(errorOf(() => deserializeValue({ N: '1.5' }, { numbers: 'bigint' }))).toMatchObject({
      code: 'ATTRIBUTE_INVALID',
    })
    expect(errorOf(() => deserializeValue({ N: '1e999999999' }, { numbers: 'bigint' }))).toMatchObject({
      code: 'ATTRIBUTE_INVALID',
    })
    expect(errorOf(() => deserializeValue({ N: '1e400' }, { numbers: 'number' }))).toMatchObject({
      code: 'ATTRIBUTE_INVALID',
    })
  })

  test('options that there are not', () => {
    for (const options of [{ numbers: 'float' }, { binary: 'hex' }, { sets: 'list' }]) {
      expect(errorOf(() => deserializeValue({ S: '' }, options as never))).toMatchObject({ code: 'OPTION_INVALID' })
    }
  })
})

describe('depth', () => {
  const nested = (depth: number, type: 'L' | 'M'): never => {
    let text = '{"S":"leaf"}'
    for (let level = 0; level < depth; level++) text = type === 'L' ? `{"L":[${text}]}` : `{"M":{"m":${text}}}`
    return JSON.parse(text) as never
  }
  test.each(['L', 'M'] as const)('64 levels of %s are read, 65 are LIMIT_EXCEEDED', (type) => {
    expect(() => deserializeValue(nested(64, type))).not.toThrow()
    expect(() => deserializeImage({ a: nested(64, type) })).not.toThrow()
    expect(errorOf(() => deserializeValue(nested(65, type)))).toMatchObject({ code: 'LIMIT_EXCEEDED' })
    expect(errorOf(() => deserializeImage({ a: nested(65, type) }))).toMatchObject({ code: 'LIMIT_EXCEEDED' })
    expect(() => deserializeValue(nested(80, type), { maxDepth: 80 })).not.toThrow()
  })

  test('100,000 nested lists are refused at once', () => {
    const value = nested(100_000, 'L')
    const start = performance.now()
    expect(errorOf(() => deserializeValue(value))).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      path: expect.arrayContaining([0]),
    })
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

describe('names', () => {
  test('an attribute called __proto__ is an own property, and no prototype is touched', () => {
    const image = JSON.parse('{"__proto__":{"S":"x"},"m":{"M":{"__proto__":{"M":{"polluted":{"S":"y"}}}}}}')
    const item = deserializeImage(image)
    expect(Object.keys(item)).toEqual(['__proto__', 'm'])
    expect(Object.getPrototypeOf(item)).toBe(Object.prototype)
    expect(Object.getPrototypeOf(item['m'])).toBe(Object.prototype)
    expect(({} as { polluted?: unknown }).polluted).toBe(undefined)
    expect(JSON.stringify(item)).toBe('{"__proto__":"x","m":{"__proto__":{"polluted":"y"}}}')
  })

  test('toString and constructor are names like others', () => {
    const image = { toString: { S: 'a' }, constructor: { N: '1' } }
    expect(deserializeImage(image as never)).toEqual({ toString: 'a', constructor: 1 })
  })
})

describe('serializeImage', () => {
  test.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['an infinity', Number.POSITIVE_INFINITY],
    ['an integer that may be rounded', 2 ** 53],
    ['an empty set', new Set()],
    ['a mixed set', new Set(['a', 1])],
    ['a set of undefined', new Set([undefined])],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['a function', () => 0],
    ['undefined in a list', [undefined]],
  ])('refuses %s', (_, value) => {
    const error = errorOf(() => serializeImage({ a: { b: value } }))
    expect(error).toMatchObject({ code: 'ATTRIBUTE_INVALID' })
    expect((error as { path: unknown[] }).path.slice(0, 2)).toEqual(['a', 'b'])
  })

  test('leaves out what is undefined, writes base64 where asked', () => {
    expect(serializeImage({ a: undefined, b: Uint8Array.of(255) }, { binary: 'base64' })).toEqual({ b: { B: '/w==' } })
    expect(serializeValue(-0)).toEqual({ N: '0' })
  })

  test('a cycle is LIMIT_EXCEEDED', () => {
    const item: Record<string, unknown> = {}
    item['self'] = item
    expect(errorOf(() => serializeImage(item))).toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })
})
