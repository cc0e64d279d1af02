import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { canonicalHash } from '../../src/idempotency/index.ts'

describe('canonicalHash', () => {
  test('stays what it is: a new version that changed it would run everything again', () => {
    expect(canonicalHash('order-1')).toBe('p6BB2eaRwE4FiObh8_yxEn1cOKEiQ9kUcmIXesJ7DJw')
    expect(canonicalHash({ b: [1, 'x', null], a: new Set([1n, true]) })).toBe(
      'ukkEKq-D3fliWIfWRhgIiR6JDncH3hGHO_dV0pLuBGI',
    )
  })

  test('stays what it is for every kind of container and view', () => {
    const all = {
      bytes: new Uint8Array([1, 2]),
      view: new Int16Array([-1, 2]),
      map: new Map<unknown, unknown>([['k', { n: 1.5 }]]),
      sparse: Object.assign([1, 'é'], { length: 3 }),
      date: new Date(5),
      none: [undefined, Number.NaN, []],
    }
    expect(canonicalHash(all)).toBe('Y-B_AEszntSH5Y-GyCTnKy5jl0nwj1d6TUCbn2PF2k8')
  })

  test('bytes are distinct by what holds them', () => {
    const buffer = new Uint8Array([1, 2]).buffer
    const shared = new SharedArrayBuffer(2)
    new Uint8Array(shared).set([1, 2])
    const held = [
      buffer,
      shared,
      new DataView(buffer),
      new Uint8Array(buffer),
      new Int8Array(buffer),
      Buffer.from(buffer),
    ]
    // A Buffer is a Uint8Array.
    expect(new Set(held.map(canonicalHash)).size).toBe(held.length - 1)
  })

  test('an array with holes and names: their order does not count, and no name passes for an element', () => {
    const named = (names: object) => canonicalHash(Object.assign([], names))
    expect(named({ b: 1, a: 2 })).toBe(named({ a: 2, b: 1 }))
    expect(canonicalHash(Object.assign([1], { length: 2, x: 5 }))).not.toBe(canonicalHash([1, undefined]))
  })

  test('every NaN is one', () => {
    const [other] = new Float64Array(new BigUint64Array([0xfff8_0000_0000_0001n]).buffer)
    expect(canonicalHash([other])).toBe(canonicalHash([Number.NaN]))
  })

  test('special values of a list count by their places', () => {
    const special = [null, undefined, Number.NaN, 0, -0, '', false, 0n]
    const pairs = special.flatMap((left) => special.map((right) => [left, right]))
    expect(new Set(pairs.map(canonicalHash)).size).toBe(pairs.length)
    expect(new Set(pairs.map(([a, b]) => canonicalHash({ a, b }))).size).toBe(pairs.length)
  })

  const different: readonly (readonly [string, unknown])[] = [
    ['undefined', undefined],
    ['null', null],
    ['true', true],
    ['false', false],
    ['0', 0],
    ['-0', -0],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['1', 1],
    ['1n', 1n],
    ['-1n', -1n],
    ['0n', 0n],
    ["'1'", '1'],
    ["''", ''],
    ["'null'", 'null'],
    ['a lone surrogate', '\ud800'],
    ['another lone surrogate', '\udc00'],
    ['the replacement character', '\ufffd'],
    ['UTF-16 bytes of a lone surrogate as text', '\u0000\u00d8'],
    ['1970', new Date(0)],
    ['1970 as text', new Date(0).toISOString()],
    ['an invalid date', new Date(Number.NaN)],
    ['bytes', new Uint8Array([1, 2])],
    ['no bytes', new Uint8Array()],
    ['bytes in an array', [1, 2]],
    ['clamped bytes', new Uint8ClampedArray([1, 2])],
    ['a buffer', new Uint8Array([1, 2]).buffer],
    ['a data view', new DataView(new Uint8Array([1, 2]).buffer)],
    ['doubles', new Float64Array([1])],
    ['bigints', new BigInt64Array([1n])],
    ['{}', {}],
    ['[]', []],
    ['[[]]', [[]]],
    ['[undefined]', [undefined]],
    ['[null]', [null]],
    // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
    ['a hole', [,]],
    // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
    ['a hole and 1', [, 1]],
    ['an array with a name', Object.assign([1], { name: 1 })],
    ['{ 0: 1 }', { 0: 1 }],
    ['[1]', [1]],
    ["['a', 'b']", ['a', 'b']],
    ["['ab']", ['ab']],
    ["[['a'], 'b']", [['a'], 'b']],
    ['{ a: undefined }', { a: undefined }],
    ['{ a: null }', { a: null }],
    ['{ a: 1, A: 2 }', { a: 1, A: 2 }],
    ['{ a: 2, A: 1 }', { a: 2, A: 1 }],
    ['{ a: { b: 1 }, c: 2 }', { a: { b: 1 }, c: 2 }],
    ['{ a: { b: 1, c: 2 } }', { a: { b: 1, c: 2 } }],
    ['an own __proto__', JSON.parse('{"__proto__":{"a":1}}')],
    ['an empty Set', new Set()],
    ['an empty Map', new Map()],
    ['Set 1', new Set([1])],
    ['Set 1 2', new Set([1, 2])],
    ['Map 1 2', new Map([[1, 2]])],
    ['Map 2 1', new Map([[2, 1]])],
    [
      'Map a 1, b 2',
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    ],
    [
      'Map a 2, b 1',
      new Map([
        ['a', 2],
        ['b', 1],
      ]),
    ],
    ['entries', [['a', 1]]],
    ['Set of two equal objects', new Set([{ a: 1 }, { a: 1 }])],
    ['Set of one object', new Set([{ a: 1 }])],
    ['Set of Set', new Set([new Set([1])])],
  ]

  test('tells apart whatever differs', () => {
    const hashes = new Map<string, string>()
    for (const [name, value] of different) {
      const hash = canonicalHash(value)
      expect(`${name} = ${hashes.get(hash) ?? name}`).toBe(`${name} = ${name}`)
      hashes.set(hash, name)
    }
    expect(hashes.size).toBe(different.length)
  })

  const equal: readonly (readonly [string, unknown, unknown])[] = [
    ['names in any order', { a: 1, A: 2, b: 3 }, { b: 3, A: 2, a: 1 }],
    ['a set in any order', new Set([1, 'a', { x: 1 }]), new Set([{ x: 1 }, 'a', 1])],
    [
      'a map in any order',
      new Map<unknown, unknown>([
        [{ k: 1 }, 1],
        ['b', new Set([1, 2])],
      ]),
      new Map<unknown, unknown>([
        ['b', new Set([2, 1])],
        [{ k: 1 }, 1],
      ]),
    ],
    ['bytes in whatever class', new Uint8Array([1, 2]), Buffer.from([1, 2])],
    ['bytes anywhere in their buffer', new Uint8Array([9, 1, 2, 9]).subarray(1, 3), new Uint8Array([1, 2])],
    ['objects without prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [
      'values of another realm',
      runInNewContext('({ a: [1, new Date(5), new Set([1])] })'),
      { a: [1, new Date(5), new Set([1])] },
    ],
    ['parts that are shared', ((part) => [part, part])({ a: 1 }), [{ a: 1 }, { a: 1 }]],
  ]
  test.each(equal)('%s hash alike', (_, left, right) => {
    expect(canonicalHash(left)).toBe(canonicalHash(right))
  })

  const { proxy: revoked, revoke } = Proxy.revocable({}, {})
  revoke()
  const cycle: unknown[] = []
  cycle.push({ cycle })
  const refused: readonly (readonly [string, unknown])[] = [
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a cycle', cycle],
    ['a cycle through a map', ((map) => map.set('self', map))(new Map())],
    ['a function deep inside', { a: [new Map([['b', new Set([() => 1])]])] }],
    ['a property named by a symbol', { [Symbol('s')]: 1 }],
    ['an instance of a class', new (class Order {})()],
    ['a promise', Promise.resolve(1)],
    ['an error', new Error('e')],
    ['a pattern', /x/],
    ['a weak map', new WeakMap()],
    ['a boxed number', Object(1)],
    [
      'a getter that throws',
      {
        get a() {
          throw new Error('no')
        },
      },
    ],
    ['a revoked proxy', revoked],
  ]
  test.each(refused)('%s is refused', (_, value) => {
    expect(() => canonicalHash(value)).toThrow(expect.objectContaining({ code: 'IDEMPOTENCY_KEY_INVALID' }))
  })

  test('any depth', () => {
    const nested = (wrap: (inner: unknown) => unknown): unknown => {
      let value: unknown = 1
      for (let depth = 0; depth < 20_000; depth++) value = wrap(value)
      return value
    }
    const hashes = [
      canonicalHash(nested((inner) => [inner])),
      canonicalHash(nested((a) => ({ a }))),
      canonicalHash(nested((inner) => new Set([inner, 1]))),
      canonicalHash(nested((inner) => new Map([[inner, 1]]))),
    ]
    expect(new Set(hashes).size).toBe(4)
  })

  test('objects that share their parts without end are refused, not waited for', () => {
    let value: unknown = 'x'.repeat(1000)
    for (let depth = 0; depth < 60; depth++) value = [value, value]
    expect(() => canonicalHash(value)).toThrow(expect.objectContaining({ code: 'IDEMPOTENCY_KEY_INVALID' }))
  })
})
