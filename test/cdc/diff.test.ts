import { describe, expect, test } from 'vitest'
import { detectChanges, diff, toJsonPatch } from '../../src/cdc/index.ts'

describe('diff', () => {
  test('names are sorted at every level, and the changes of one name keep their order', () => {
    const before = { c: [1, 2, 3, 4], b: { z: 1, y: 2, x: 3 }, a: 1 }
    const after = { d: [], b: { w: 0, y: 2, z: 9 }, c: [0, 2] }
    expect(diff(before, after)).toEqual([
      { op: 'remove', path: ['a'], before: 1 },
      { op: 'add', path: ['b', 'w'], after: 0 },
      { op: 'remove', path: ['b', 'x'], before: 3 },
      { op: 'replace', path: ['b', 'z'], before: 1, after: 9 },
      { op: 'replace', path: ['c', 0], before: 1, after: 0 },
      { op: 'remove', path: ['c', 3], before: 4 },
      { op: 'remove', path: ['c', 2], before: 3 },
      { op: 'add', path: ['d'], after: [] },
    ])
  })

  test('what a list gains comes from its end on', () => {
    expect(diff({ a: [1] }, { a: [1, 2, 3] })).toEqual([
      { op: 'add', path: ['a', 1], after: 2 },
      { op: 'add', path: ['a', 2], after: 3 },
    ])
  })

  test.each<[string, unknown, unknown]>([
    ['a list and an object', [1], { 0: 1 }],
    ['an object and a list', { 0: 1 }, [1]],
    ['an object and null', {}, null],
    ['null and an object', null, {}],
    ['an object and text', {}, 'a'],
    ['text and a list', 'a', ['a']],
    ['a set and an object', new Set(), {}],
    ['two dates', new Date(1), new Date(2)],
    ['two texts', 'a', 'b'],
  ])('%s are replaced as a whole', (_, before, after) => {
    expect(diff({ x: before }, { x: after })).toEqual([{ op: 'replace', path: ['x'], before, after }])
  })

  test('undefined is absent, on either side and at any depth', () => {
    expect(diff({ a: undefined, b: 1 }, { b: 1, c: undefined })).toEqual([])
    expect(diff({ a: undefined }, { a: 1 })).toEqual([{ op: 'add', path: ['a'], after: 1 }])
    expect(diff({ a: 1, b: { c: 1 } }, { a: undefined, b: { c: undefined, d: undefined } })).toEqual([
      { op: 'remove', path: ['a'], before: 1 },
      { op: 'remove', path: ['b', 'c'], before: 1 },
    ])
  })

  test('nothing before, or after, and ignored names', () => {
    expect(diff(null, { b: 1, a: 2 })).toEqual([
      { op: 'add', path: ['a'], after: 2 },
      { op: 'add', path: ['b'], after: 1 },
    ])
    expect(diff({ a: { b: 1 }, b: 2 }, undefined, { ignore: ['b'] })).toEqual([
      { op: 'remove', path: ['a'], before: { b: 1 } },
    ])
    expect(diff({ a: { b: 1 } }, { a: { b: 2 } }, { ignore: (name) => name === 'b' })).toHaveLength(1)
  })

  test('depth counts the steps to lists and objects', () => {
    const [before, after] = [{ a: { b: [1] } }, { a: { b: [2] } }]
    expect(diff(before, after, { maxDepth: 2 })).toHaveLength(1)
    expect(() => diff(before, after, { maxDepth: 1 })).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', path: ['a', 'b'] }),
    )
  })
})

test('toJsonPatch escapes pointers', () => {
  const changes = diff({ 'a/b~c': { '~1': 1 } }, { 'a/b~c': { '~1': 2 }, l: [null] })
  expect(toJsonPatch(changes)).toEqual([
    { op: 'replace', path: '/a~1b~0c/~01', value: 2 },
    { op: 'add', path: '/l', value: [null] },
  ])
})

test.each([7, null, 'names', {}, ['a', 7], new Set([7])])(
  'ignore: %o is OPTION_INVALID, and names the function',
  (ignore) => {
    const options = { ignore } as never
    for (const [name, run] of Object.entries({ diff, detectChanges }))
      expect(() => run({}, {}, options)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(`^${name}: ignore`) }),
      )
  },
)
