import { describe, expect, test } from 'vitest'
import { detectChanges, detectImageChanges, diff, serializeImage, serializeValue } from '../../src/cdc/index.ts'

const COUNT = 20_000
const bytesOf = (n: number): Uint8Array => Uint8Array.of(n & 255, n >> 8, n >> 16)
const members = (make: (n: number) => unknown, first = 0) => Array.from({ length: COUNT }, (_, n) => make(n + first))

describe('sets of many members are compared in time that grows with their number', () => {
  test.each<[string, (n: number) => unknown]>([
    ['bytes', bytesOf],
    ['dates', (n) => new Date(n)],
    ['lists', (n) => ['member', n]],
    ['objects', (n) => ({ kind: 'member', place: { n } })],
    ['all the same bytes', () => bytesOf(1)],
  ])('%s', (_, make) => {
    const before = { set: new Set(members(make)) }
    const after = { set: new Set(members(make).reverse()) }
    const start = performance.now()
    expect(detectChanges(before, after)).toEqual([])
    expect(diff(before, after)).toEqual([])
    const other = { set: new Set([...members(make).slice(1), make(COUNT + 7), 'another']) }
    expect(detectChanges(before, other)).toEqual(['set'])
    // The square took 40 seconds.
    expect(performance.now() - start).toBeLessThan(3000)
  })

  test('raw sets, also where an odd value elsewhere asks for the careful comparison', () => {
    const base64 = (n: number): string => Buffer.from(bytesOf(n)).toString('base64')
    const odd = { S: 'x', N: undefined }
    const image = (list: unknown[], spell: (n: number) => string) =>
      ({ odd, set: { BS: list }, numbers: { NS: members((n) => spell(n as number)) } }) as never
    const start = performance.now()
    expect(
      detectImageChanges(
        image(members(bytesOf), String),
        image(members(bytesOf).reverse(), (n) => `${n}.0`),
      ),
    ).toEqual([])
    expect(detectImageChanges(image(members(base64), String), image(members(bytesOf), String))).toEqual([])
    expect(detectImageChanges(image(members(base64), String), image(members(base64, 1), String))).toEqual(['set'])
    expect(performance.now() - start).toBeLessThan(3000)
  })
})

test('binary is compared by content, as base64 or as bytes', () => {
  const [text, bytes] = [{ B: 'YQ==' }, { B: Buffer.from('a') }]
  expect(detectImageChanges({ a: text }, { a: bytes })).toEqual([])
  expect(detectImageChanges({ a: text }, { a: { B: Buffer.from('b') } })).toEqual(['a'])
  expect(() => detectImageChanges({ a: { B: 'no base64' } }, { a: bytes })).toThrow()
})

test.each(['text', 7, null, [], new Date()])('an item that is %o is refused', (item) => {
  expect(() => serializeImage(item as never)).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_INVALID' }))
})

describe('members that are objects are matched each only once', () => {
  test.each([
    [[[1], [1]], [[1], [2]], false],
    [[[1], [2]], [[2], [1]], true],
    [[{ a: 1, b: undefined }], [{ a: 1 }], true],
    [[{ a: -0 }, { a: Number.NaN }], [{ a: Number.NaN }, { a: 0 }], true],
    [[{ a: 1 }], [{ a: 1n }], false],
    [[{ a: { b: { c: { d: 1 } } } }], [{ a: { b: { c: { d: 2 } } } }], false],
    [[new Set([1]), new Set([2])], [new Set([2]), new Set([1])], true],
    [[new Map([['a', 1]])], [new Map([['a', 2]])], false],
    [[new Date(1), new Date(Number.NaN)], [new Date(Number.NaN), new Date(1)], true],
    [[Buffer.from('a')], [new Uint8Array([97])], true],
    [[new Uint16Array([1])], [new Uint16Array([1])], true],
  ])('%o and %o: %s', (left, right, isSame) => {
    expect(detectChanges({ set: new Set<unknown>(left) }, { set: new Set<unknown>(right) })).toEqual(
      isSame ? [] : ['set'],
    )
  })
})

describe('what DynamoDB refuses, serializeValue refuses', () => {
  class NumberValue {
    readonly text: string
    constructor(text: string) {
      this.text = text
    }
    toAttributeValue() {
      return { N: this.text }
    }
  }
  test.each([
    ['39 digits', 10n ** 38n + 1n],
    ['a magnitude over 9.99E+125', 10n ** 126n],
    ['a magnitude under 1E-130', 9.9e-131],
    ['the smallest double', -5e-324],
    ['39 digits of a class of numbers', new NumberValue('1.00000000000000000000000000000000000001')],
    ['a magnitude of a class of numbers', new NumberValue('1E126')],
    ['a small one of a class of numbers', new NumberValue('1E-131')],
    ['such a number in a set', new Set([new NumberValue('1E126')])],
    ['1 and 1n in one set', new Set([1, 1n])],
    ['equal numbers of a class in one set', new Set([new NumberValue('1'), new NumberValue('1.0')])],
    ['equal bytes in one set', new Set([bytesOf(1), bytesOf(1)])],
  ])('%s', (_, value) => {
    expect(() => serializeValue([value])).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_INVALID', path: [0] }))
  })

  test.each([
    [10n ** 38n - 1n, '99999999999999999999999999999999999999'],
    [10n ** 125n, `1${'0'.repeat(125)}`],
    [1e-130, '1e-130'],
    [0n, '0'],
    [new NumberValue('0E-200'), '0E-200'],
    [new NumberValue('9.9999999999999999999999999999999999999E+125'), '9.9999999999999999999999999999999999999E+125'],
  ])('%s is written', (value, N) => {
    expect(serializeValue(value)).toEqual({ N })
  })
})
