import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { isMillraceError, MillraceError, type MillraceErrorOptions } from '../src/errors.ts'

const error = new MillraceError('CSV_INVALID', 'the row has 2 fields', {
  position: { line: 7 },
  path: ['Records', 0],
  cause: new SyntaxError('"secret" is not valid JSON'),
})

describe('MillraceError', () => {
  test('is named by its code, as Lambda and Step Functions report it', () => {
    expect(error.name).toBe('CSV_INVALID')
    expect(String(error)).toBe('CSV_INVALID: the row has 2 fields (line 7, at Records.0)')
    expect(error.stack?.split('\n')[0]).toBe(String(error))
    expect(inspect(error)).toMatch(/^CSV_INVALID: the row has 2 fields/)
  })

  test('enumerates code, path and position alone, so that no log prints a cause', () => {
    expect(Object.keys(error).sort()).toEqual(['code', 'path', 'position'])
    expect(Object.keys(new MillraceError('JSON_INVALID', 'cut'))).toEqual(['code'])
    expect(JSON.stringify(error)).not.toContain('secret')
  })

  test('ends its message with the place, as far as it is known', () => {
    const position = { line: 7, row: 5, column: 'a"b', byteOffset: 0 }
    const textOf = (options: MillraceErrorOptions) => new MillraceError('CSV_INVALID', 'no', options).message
    expect(textOf({ position, path: ['Records', 0] })).toBe('no (line 7, row 5, column "a\\"b", byte 0, at Records.0)')
    expect(textOf({ position: { row: 1 } })).toBe('no (row 1)')
    expect(textOf({ position: { column: '' } })).toBe('no (column "")')
    expect([textOf({}), textOf({ path: [] }), textOf({ position: {} })]).toEqual(['no', 'no', 'no'])
    expect(textOf({ position: { column: 'x'.repeat(80) } })).toBe(`no (column "${'x'.repeat(80)}")`)
    expect(textOf({ position: { column: 'x'.repeat(81) } })).toBe(`no (column "${'x'.repeat(77)}...")`)
  })

  test('has the fields that it is given, and no others', () => {
    const bare = new MillraceError('CSV_INVALID', 'no')
    expect(['cause', 'path', 'position'].filter((field) => field in bare)).toEqual([])
    const cause = new SyntaxError('x')
    const full = new MillraceError('CSV_INVALID', 'no', { position: { line: 7 }, path: ['Records', 0], cause })
    expect([full.path, full.position, full.cause]).toEqual([['Records', 0], { line: 7 }, cause])
    expect(new MillraceError('CSV_INVALID', 'no', { cause: null }).cause).toBeNull()
    expect(new MillraceError('CSV_INVALID', 'no', { path: [] }).path).toEqual([])
    expect(Object.getOwnPropertyDescriptor(full, 'name')).toEqual({
      value: 'CSV_INVALID',
      writable: true,
      configurable: true,
      enumerable: false,
    })
  })

  test('a subclass is branded and named in the same way', () => {
    class SubError extends MillraceError {}
    const sub = new SubError('WRITE_FAILED', 'no')
    expect([sub.name, isMillraceError(sub, 'WRITE_FAILED'), sub instanceof SubError]).toEqual([
      'WRITE_FAILED',
      true,
      true,
    ])
  })
})

describe('isMillraceError', () => {
  const brand = Symbol.for('millrace.error')

  test('tests a brand that is not enumerable', () => {
    expect(Reflect.get(error, brand)).toBe(true)
    expect(Object.getOwnPropertyDescriptor(error, brand)?.enumerable).toBe(false)
    expect(isMillraceError(error)).toBe(true)
    expect(isMillraceError(error, 'CSV_INVALID')).toBe(true)
    expect(isMillraceError(error, 'JSON_INVALID')).toBe(false)
  })

  test('takes errors of another copy or realm by the brand, and those of versions before it by their name', () => {
    const foreign = runInNewContext('Object.assign(new Error("x"), { code: "CSV_INVALID" })')
    expect(isMillraceError(foreign)).toBe(false)
    Object.defineProperty(foreign, brand, { value: true })
    expect(isMillraceError(foreign, 'CSV_INVALID')).toBe(true)
    const old = Object.assign(new Error('x'), { name: 'MillraceError', code: 'CSV_INVALID' })
    expect(isMillraceError(old, 'CSV_INVALID')).toBe(true)
    expect(isMillraceError(old, 'EVENT_INVALID')).toBe(false)
  })

  test.each([
    [
      'an error of somebody else with a like name',
      Object.assign(new Error('x'), { name: 'CSV_INVALID', code: 'CSV_INVALID' }),
    ],
    ['an object named like one', { name: 'MillraceError', code: 'CSV_INVALID' }],
    ['one without a code', Object.assign(new Error('x'), { name: 'MillraceError' })],
    ['a code that is no text', Object.assign(new Error('x'), { name: 'MillraceError', code: 7 })],
    ['a brand that is not true', { [Symbol.for('millrace.error')]: 1, code: 'CSV_INVALID' }],
    ['undefined', undefined],
    ['null', null],
    ['text', 'MillraceError'],
  ])('is false for %s', (_, value) => {
    expect(isMillraceError(value)).toBe(false)
  })
})
