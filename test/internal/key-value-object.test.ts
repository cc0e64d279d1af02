import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { isLiteralObject } from '../../src/idempotency/literal-object.ts'
import { isKeyValueObject } from '../../src/internal/key-value-object.ts'

class Point {
  x = 1
}

function withPrototype<T extends object>(value: T, prototype: object | null): T {
  return Object.setPrototypeOf(value, prototype)
}

const bare = withPrototype({ a: 1 }, null)

describe('objects of keys and values', () => {
  test.each([
    ['a literal', { a: 1 }],
    ['a literal of another realm', runInNewContext('({ a: 1 })')],
    ['an object without prototype', bare],
    ['an object without prototype of another realm', runInNewContext('Object.assign(Object.create(null), { a: 1 })')],
  ])('%s is one, and comes back equal from JSON', (_, value) => {
    expect(isKeyValueObject(value)).toBe(true)
    expect(isLiteralObject(value)).toBe(true)
  })

  test.each([
    ['an object over one without prototype', withPrototype({ b: 2 }, bare)],
    ['a dictionary as parsers make them', withPrototype({ b: 2 }, Object.create(null))],
  ])('%s is one, but JSON would lose what it inherits', (_, value) => {
    expect(isKeyValueObject(value)).toBe(true)
    expect(isLiteralObject(value)).toBe(false)
  })

  test.each([
    ['an instance of a class', new Point()],
    ['an instance of a class of another realm', runInNewContext('new (class Point { x = 1 })')],
    ['an object over a literal', withPrototype({ b: 2 }, { a: 1 })],
    ['a list', [1]],
    ['a list of another realm', runInNewContext('[1]')],
    ['a map', new Map()],
    ['a date', new Date(0)],
    ['bytes', new Uint8Array(1)],
    ['an error', new Error('x')],
  ])('%s is none', (_, value) => {
    expect(isKeyValueObject(value)).toBe(false)
    expect(isLiteralObject(value)).toBe(false)
  })

  test.each([undefined, null, 1, 'text', true, 1n, Symbol('s'), () => 1, withPrototype([1], null)])(
    'a value that is no object, and a list whatever its prototype: %s',
    (value) => {
      expect(isKeyValueObject(value)).toBe(false)
    },
  )
})
