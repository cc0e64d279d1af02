import { describe, expect, test } from 'vitest'
import {
  checkArgument,
  checkFields,
  checkNone,
  checkOptions,
  kindOf,
  nearestName,
  notA,
  unknownName,
} from '../../src/internal/check-arguments.ts'

const failure = (code: string, message: string | RegExp) =>
  expect.objectContaining({ code, message: typeof message === 'string' ? message : expect.stringMatching(message) })
const check = (options: unknown, cure?: string) => () =>
  checkOptions('read', options, { delimiter: 'string', limits: 'object', attempts: 'number' }, cure)

describe('checkOptions', () => {
  test.each([
    [undefined],
    [{}],
    [{ delimiter: ';' }],
    [{ delimiter: undefined, unknown: undefined }],
    [Object.create(null)],
  ])('takes %o', (options) => {
    expect(check(options)).not.toThrow()
  })

  test.each<[string, unknown, string]>([
    ['a date', new Date(0), 'read: options must be an object, not a Date'],
    [
      'a misspelt name',
      { seperator: ';', delimitr: 1 },
      'read: there is no option "seperator"; it has delimiter, limits, attempts',
    ],
    ['a near name', { delimitr: ';' }, 'read: there is no option "delimitr"; did you mean delimiter?'],
    ['another case', { Delimiter: ';' }, 'read: there is no option "Delimiter"; did you mean delimiter?'],
    [
      'a name of Object.prototype',
      { constructor: 1 },
      'read: there is no option "constructor"; it has delimiter, limits, attempts',
    ],
    [
      '__proto__ as an own name',
      JSON.parse('{"__proto__":1}'),
      'read: there is no option "__proto__"; it has delimiter, limits, attempts',
    ],
    ['another kind', { delimiter: 7 }, 'read: delimiter must be a string, not a number'],
    ['null for an option', { limits: null }, 'read: limits must be an object, not null'],
    ['an array for an object', { limits: [] }, 'read: limits must be an object, not an array'],
    ['text', 'secret', 'read: options must be an object, not a string'],
    ['null', null, 'read: options must be an object, not null'],
    ['a function', () => {}, 'read: options must be an object, not a function'],
    ['an array', ['a'], 'read: options must be an object, not an array'],
    ['bytes', new Uint8Array(1), 'read: options must be an object, not a Uint8Array'],
    ['a map', new Map(), 'read: options must be an object, not a Map'],
    ['a promise', Promise.resolve({}), 'read: options must be an object, not a Promise'],
    ['a stream', (async function* () {})(), 'read: options must be an object, not an AsyncGenerator'],
  ])('refuses %s', (_, options, message) => {
    expect(check(options)).toThrow(failure('OPTION_INVALID', message))
  })

  test('says what to write instead, and never quotes the value', () => {
    expect(check('secret', 'write read({})')).toThrow('read: options must be an object, not a string; write read({})')
    expect(check({ ['x'.repeat(500)]: 1 })).toThrow(failure('OPTION_INVALID', /^.{0,120}$/))
  })
})

describe('the other checks', () => {
  test('checkFields lets further fields pass, and asks for those with a !', () => {
    const fields = { 'bucket!': 'text', eTag: 'string' } as const
    const run = (value: unknown) => () => checkFields('read', 'location', value, fields)
    expect(run({ bucket: 'a', size: 3 })).not.toThrow()
    expect(run({ bucket: '' })).toThrow(
      failure('OPTION_INVALID', 'read: bucket must be a non-empty string, not an empty string'),
    )
    expect(run({})).toThrow(failure('OPTION_INVALID', /bucket .* not undefined/))
    expect(run({ bucket: 'a', eTag: 1 })).toThrow(failure('OPTION_INVALID', /eTag must be a string, not a number/))
    expect(run('a')).toThrow(failure('TYPE_MISMATCH', 'read: location must be an object, not a string'))
  })

  test('checkArgument and checkNone name the kind of the argument', () => {
    expect(() => checkArgument('read', 'names', 'a', 'strings', 'write [a]')).toThrow(
      failure('TYPE_MISMATCH', 'read: names must be an array of strings, not a string; write [a]'),
    )
    expect(() => checkNone('count', [7])).toThrow(
      failure('OPTION_INVALID', /takes no argument, but was passed a number; write count\(\)/),
    )
    expect(() => checkNone('count', [undefined])).not.toThrow()
    expect(() => checkNone('count', [])).not.toThrow()
    expect(() => checkNone('count', [undefined, 7])).toThrow(failure('OPTION_INVALID', /takes no argument/))
  })

  test.each<[Parameters<typeof checkArgument>[3], readonly unknown[], readonly unknown[]]>([
    ['string', ['', 'a'], [1, null]],
    ['text', ['a'], ['', 1]],
    ['number', [0, Number.NaN], ['1', 1n]],
    ['boolean', [true, false], [0, 'true']],
    ['function', [() => {}], [{}]],
    ['object', [{}, Object.create(null)], [[], new Map(), null, new Uint8Array(1), new Date(0), Promise.resolve()]],
    ['array', [[], [1]], ['a', new Set()]],
    ['strings', [[], ['a', '']], ['a', ['a', 1], [1, 'a'], [1]]],
    ['client', [{ send: () => {} }], [{}, null, { send: 1 }]],
    [
      'signal',
      [new AbortController().signal],
      [{}, null, { aborted: false }, new EventTarget(), { addEventListener: 1, aborted: 1 }],
    ],
    ['any', [undefined, null, 1, {}], []],
  ])('%s: %o are of the kind, %o are not', (kind, own, others) => {
    for (const value of own) expect(() => checkArgument('f', 'x', value, kind)).not.toThrow()
    for (const value of others) {
      expect(() => checkArgument('f', 'x', value, kind)).toThrow(failure('TYPE_MISMATCH', /^f: x must be .*, not /))
      if (value === undefined) continue
      expect(() => checkOptions('f', { x: value }, { x: kind })).toThrow(
        failure('OPTION_INVALID', /^f: x must be .*, not /),
      )
    }
  })

  test('notA makes the error of another kind', () => {
    expect(notA('f', 'x', 'a list', 7)).toMatchObject({
      code: 'TYPE_MISMATCH',
      message: 'f: x must be a list, not a number',
    })
    expect(notA('f', 'x', 'a list', 7, 'write f([])').message).toBe('f: x must be a list, not a number; write f([])')
  })

  test('unknownName names the nearest one, or all', () => {
    expect(unknownName('attmpts', ['attempts'])).toBe('there is no option "attmpts"; did you mean attempts?')
    expect(unknownName('other', ['a', 'b'])).toBe('there is no option "other"; it has a, b')
    expect(unknownName('other', [])).toBe('there is no option "other"; it has none')
  })

  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [Number.NaN, 'NaN'],
    [7n, 'a bigint'],
    ['', 'an empty string'],
    [new Date(0), 'a Date'],
    [new ArrayBuffer(1), 'an ArrayBuffer'],
    [new Blob([]), 'a Blob'],
    [new Response(), 'a Response'],
    [new (class Account {})(), 'an Account'],
    [new (class {})(), 'an object'],
    [{ [Symbol.toStringTag]: 'a value of the data' }, 'an object'],
    [function parse() {}, 'the function parse'],
    [new Proxy({}, {}), 'an object'],
    [Object.create(null), 'an object'],
    [Object.create(Object.create(null)), 'an object'],
    [[], 'an array'],
    [5, 'a number'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [() => {}, 'a function'],
    [Symbol('data'), 'a symbol'],
    [new (class Item {})(), 'an Item'],
    [new Map(), 'a Map'],
  ])('kindOf: %o is %s', (value, kind) => {
    expect(kindOf(value)).toBe(kind)
  })

  test.each<[string, string | undefined]>([
    ['attemps', 'attempts'],
    ['atempts', 'attempts'],
    ['attmepts', 'attempts'],
    ['baseMS', 'baseMs'],
    ['basems', 'baseMs'],
    ['x', undefined],
    ['retries', undefined],
    ['', undefined],
    ['maxsM', 'maxMs'],
    ['axMs', 'maxMs'],
    ['maxMsx', 'maxMs'],
  ])('the name nearest to %s is %s', (name, nearest) => {
    expect(nearestName(name, ['attempts', 'baseMs', 'maxMs'])).toBe(nearest)
  })

  test('a swap of two letters is one edit, and of names equally near the first is meant', () => {
    expect(nearestName('sotr', ['sort'])).toBe('sort')
    expect(nearestName('osrt', ['sort'])).toBe('sort')
    expect(nearestName('sotr', ['soft'])).toBe(undefined)
    expect(nearestName('sxrx', ['sort'])).toBe(undefined)
    expect(nearestName('ab', ['aa', 'ac'])).toBe('aa')
    expect(nearestName('ab', ['xyz', 'ac', 'ab'])).toBe('ab')
    expect(nearestName('abcdef', ['abcdxx'])).toBe('abcdxx')
    expect(nearestName('abcdef', ['abcxxx'])).toBe(undefined)
    expect(nearestName('x'.repeat(400), ['x'.repeat(27)])).toBe('x'.repeat(27))
    expect(nearestName('x'.repeat(400), ['x'.repeat(26)])).toBe(undefined)
  })
})
