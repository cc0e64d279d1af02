import { expect, test } from 'vitest'
import { decodeResult, encodeResult } from '../../src/idempotency/result-text.ts'

test.each([
  ['an ArrayBuffer', Uint8Array.of(1, 2).buffer],
  ['a DataView', new DataView(Uint8Array.of(1, 2, 3).buffer, 1)],
  ['a Float64Array', Float64Array.of(1.5, Number.NaN)],
  ['a Buffer', Buffer.from('a')],
])('%s comes back equal', (_, value) => {
  const outcome = encodeResult({ value })
  expect(outcome.kind).toBe('result')
  const { value: back } = decodeResult(outcome.kind === 'result' ? outcome.text : '') as { value: typeof value }
  expect(Object.getPrototypeOf(back)).toBe(Object.getPrototypeOf(value))
  const bytes = (each: ArrayBuffer | ArrayBufferView): number[] =>
    ArrayBuffer.isView(each)
      ? [...new Uint8Array(each.buffer, each.byteOffset, each.byteLength)]
      : [...new Uint8Array(each)]
  expect(bytes(back)).toEqual(bytes(value))
})

const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let at = 0; at < depth; at++) value = [value]
  return value
}
const cycle: unknown[] = []
cycle.push({ cycle })
class Titled {
  readonly title = 'a'
}
const MapOfAnother = { Map: class extends Map {} }.Map
const DateOfAnother = { Date: class extends Date {} }.Date

test.each([
  ['a function', () => 1],
  ['a symbol', Symbol('a')],
  ['a function in a list', [() => 1]],
  ['a cycle', cycle],
  ['more than 500 levels', nested(501)],
  ['an instance of a class', new Titled()],
  ['a property named by a symbol', { [Symbol('a')]: 1 }],
  ['a list with a symbol', Object.assign([1], { [Symbol('a')]: 1 })],
  ['a list with a name', Object.assign([1], { name: 1 })],
  ['a list with a hole and a name', Object.assign([1], { length: 2, name: 1 })],
  ['a list with a hole and a name like a number', Object.assign([1], { length: 3, '1.5': 1 })],
  ['a list with a hole and a name beyond it', Object.assign([1], { length: 3, 4294967295: 1 })],
  ['a list of a subclass', new (class extends Array {})()],
  ['a date with a property', Object.assign(new Date(0), { zone: 'UTC' })],
  ['a date of a subclass of its name', new DateOfAnother(0)],
  ['a map with a property', Object.assign(new Map(), { zone: 'UTC' })],
  ['a map of a subclass of its name', new MapOfAnother()],
  ['a set of a subclass', new (class extends Set {})()],
  ['a view of a subclass', new (class Bytes extends Uint8Array {})(1)],
])('%s would not come back equal, so that it is not kept', (_, value) => {
  for (const result of [value, { value }, [value], new Map([['a', value]])])
    expect(encodeResult(result)).toEqual({ kind: 'none', reason: 'not-serialisable' })
})

test('500 levels are kept, and one value at two places', () => {
  const twice = { a: 1 }
  for (const value of [nested(500), [twice, twice], { a: twice, b: [twice] }]) {
    const outcome = encodeResult(value)
    expect(outcome.kind === 'result' && decodeResult(outcome.text)).toEqual(value)
  }
})

test('plain JSON is its own text; only what JSON lacks is marked', () => {
  const textOf = (value: unknown) => {
    const outcome = encodeResult(value)
    return outcome.kind === 'result' ? outcome.text : outcome.reason
  }
  expect(textOf({ a: [1, 'x', null, { b: true }], c: '' })).toBe('{"a":[1,"x",null,{"b":true}],"c":""}')
  expect(textOf([1, -0, Number.NaN])).toBe('[1,{"$number":"-0"},{"$number":"NaN"}]')
  expect(textOf([0, undefined, 3])).toBe('[0,{"$undefined":true},3]')
})

test('a text of no result is refused with its cause; a copy is as writable as what was kept', () => {
  for (const text of ['{', '{"$what":"AA=="}', '{"$toString":"AA=="}', '{"$set":1}']) {
    expect(() => decodeResult(text)).toThrow(
      expect.objectContaining({ code: 'IDEMPOTENCY_RESULT_UNAVAILABLE', cause: expect.any(Error) }),
    )
  }
  const back = decodeResult('{"$object":[["$a",1]]}') as object
  expect(Object.getOwnPropertyDescriptor(back, '$a')).toEqual({
    value: 1,
    writable: true,
    enumerable: true,
    configurable: true,
  })
})
