import { expect, test } from 'vitest'
import { detectChanges, diff, serializeValue } from '../../src/cdc/index.ts'

class Point {
  readonly x: number
  readonly y: number | undefined
  constructor(x: number, y?: number) {
    this.x = x
    this.y = y
  }
}
class Other {
  readonly x: number
  constructor(x: number) {
    this.x = x
  }
}
const same = new (class Empty {})()
const buffer = (...values: number[]) => Uint8Array.from(values).buffer

/** Values by kind; those of one list are the same, those of different lists are not. */
const KINDS: readonly (readonly (() => unknown)[])[] = [
  [() => 0, () => -0],
  [() => 1],
  [() => 1n],
  [() => '1'],
  [() => Number.NaN, () => Number.NaN],
  [() => null],
  [() => true],
  [() => [], () => []],
  [() => [1], () => [1]],
  [() => [1, 2], () => [1, 2]],
  [() => [2, 1]],
  [() => [undefined]],
  [() => ({}), () => ({ a: undefined }), () => Object.create(null)],
  [() => ({ a: 1 }), () => ({ b: undefined, a: 1 })],
  [() => ({ a: 1, b: 2 }), () => ({ b: 2, a: 1 })],
  [() => ({ a: 2 })],
  [() => ({ toString: 1 })],
  [() => Buffer.from([1]), () => Uint8Array.from([1])],
  [() => Uint8Array.from([2])],
  [() => Uint16Array.from([1]), () => Uint16Array.from([1])],
  [() => Uint16Array.from([2])],
  [() => new Float64Array([Number.NaN]), () => new Float64Array([Number.NaN])],
  [() => buffer(1), () => buffer(1)],
  [() => buffer(2)],
  [() => new DataView(buffer(1))],
  [() => new DataView(buffer(1))],
  [() => new Date(1), () => new Date(1)],
  [() => new Date(2)],
  [() => new Date(Number.NaN), () => new Date(Number.NaN)],
  [() => new Set([1, 'a']), () => new Set(['a', 1])],
  [() => new Set([1])],
  [() => new Set([[1], [1]]), () => new Set([[1], [1]])],
  [() => new Set([[1], [2]]), () => new Set([[2], [1]])],
  [() => new Set([{ a: [null, 'x'] }, new Date(3)]), () => new Set([new Date(3), { a: [null, 'x'], b: undefined }])],
  [() => new Set([{ a: [null, 'y'] }, new Date(3)])],
  [() => new Set([null, 'a'])],
  [() => new Map([['a', 1]]), () => new Map([['a', 1]])],
  [() => new Map([['a', 2]])],
  [() => new Map([['b', 1]])],
  [() => new Map([['a', undefined]])],
  [() => new Map([['b', undefined]])],
  [() => new Point(1), () => new Point(1)],
  [() => new Point(2)],
  [() => new Point(1, 2)],
  [() => new Other(1)],
  [() => same, () => same],
  [() => new (class Empty {})()],
]

test('values are the same within a kind, and different from those of every other', () => {
  for (const [row, left] of KINDS.entries())
    for (const [column, right] of KINDS.entries())
      for (const before of left)
        for (const after of right) {
          const pair = [before(), after()] as const
          // A view or an instance without properties is the same as itself alone.
          const isSame = row === column && (left.length > 1 || pair[0] === pair[1] || isPlain(pair[0]))
          const changes = detectChanges({ x: pair[0] }, { x: pair[1] })
          expect([...pair, changes]).toEqual([...pair, isSame ? [] : ['x']])
          expect(diff({ x: pair[0] }, { x: pair[1] }).length > 0).toBe(!isSame)
        }
})

function isPlain(value: unknown): boolean {
  return (
    !(value instanceof DataView) &&
    !(
      typeof value === 'object' &&
      value !== null &&
      Object.keys(value).length === 0 &&
      Object.getPrototypeOf(value)?.constructor?.name === 'Empty'
    )
  )
}

test('what nests too deep, or holds itself, is refused with its path, in a set as well', () => {
  const cycle: unknown[] = []
  cycle.push(cycle)
  const again: unknown[] = []
  again.push(again)
  const refused = (before: unknown, after: unknown, maxDepth: number) => {
    try {
      return detectChanges({ x: before }, { x: after }, { maxDepth })
    } catch (error) {
      return error
    }
  }
  expect(refused(cycle, again, 2)).toMatchObject({ code: 'LIMIT_EXCEEDED', path: ['x', 0, 0] })
  expect(refused({ a: { b: {} } }, { a: { b: {} } }, 2)).toMatchObject({
    code: 'LIMIT_EXCEEDED',
    path: ['x', 'a', 'b'],
  })
  expect(refused({ a: [1, 2], b: { c: {} } }, { a: [1, 2], b: { c: {} } }, 3)).toEqual([])
  expect(refused({ a: [[1, 2]], b: { c: {} } }, { a: [[1, 2]], b: { c: {} } }, 2)).toMatchObject({
    path: ['x', 'a', 0],
  })
  expect(refused(new Set([cycle]), new Set([again]), 5)).toMatchObject({ code: 'LIMIT_EXCEEDED' })
})

test('names that come, go, or are undefined', () => {
  const proto = (value: unknown) => JSON.parse(`{"__proto__":${JSON.stringify(value)}}`)
  for (const [before, after, names] of [
    [{ a: 1 }, { b: 1 }, ['a', 'b']],
    [{}, { b: 1 }, ['b']],
    [{ a: 1 }, {}, ['a']],
    [{ a: 1 }, { b: undefined }, ['a']],
    [{ a: undefined }, { a: 1 }, ['a']],
    [{ a: undefined, b: 1 }, { a: 1 }, ['a', 'b']],
    [{ a: undefined }, { b: undefined }, []],
    [proto({}), {}, ['__proto__']],
    [{}, proto({}), ['__proto__']],
    [proto({ a: 1 }), proto({ a: 1 }), []],
  ] as const) {
    expect(detectChanges(before, after)).toEqual(names)
    expect(diff(before, after).map(({ path }) => path)).toEqual(names.map((name) => [name]))
  }
})

test('a value that is no list or map has no depth', () => {
  for (const [before, after] of [
    [{ a: 1 }, { a: {} }],
    [{ a: [] }, { a: 'x' }],
  ] as const) {
    expect(detectChanges(before, after, { maxDepth: 0 })).toEqual(['a'])
    expect(diff(before, after, { maxDepth: 0 })).toHaveLength(1)
  }
})

test('an object that says it is a number and gives none is refused', () => {
  class Nothing {
    toAttributeValue(): void {}
  }
  class Text {
    toAttributeValue(): object {
      return { S: '1' }
    }
  }
  for (const value of [new Nothing(), new Text(), new Set([new Nothing()]), new Set(['a', 1]), new Set([true])])
    expect(() => serializeValue(value)).toThrow(
      expect.objectContaining({ code: 'ATTRIBUTE_INVALID', message: expect.not.stringMatching(/DynamoDB refuses/) }),
    )
  expect(serializeValue(1e-130)).toEqual({ N: '1e-130' })
  expect(serializeValue(-1e-130)).toEqual({ N: '-1e-130' })
  expect(() => serializeValue(-9e-131)).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_INVALID' }))
})
