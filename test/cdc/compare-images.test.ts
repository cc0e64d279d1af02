import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { deserializeImage, detectChanges, detectImageChanges, type Image } from '../../src/cdc/index.ts'
import { canonicalNumber } from '../../src/cdc/number-text.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)
const text = { S: 'x' }

/** Values of every type, spelled in several ways, and such that are none. */
const VALUES: readonly unknown[] = [
  ...[
    { S: '' },
    { S: 'a' },
    { S: '1' },
    { S: 1 },
    { S: null },
    { S: undefined },
    { S: 'a', N: undefined },
    { S: 'a', N: '1' },
  ],
  ...[{ N: '1' }, { N: '1.0' }, { N: '1e0' }, { N: '2' }, { N: '-0' }, { N: '0' }, { N: '12345678901234567890123' }],
  ...[
    { N: '1234567890123456789012.3e1' },
    { N: '0.1000000000000000055' },
    { N: '0.1' },
    { N: 'x' },
    { N: '' },
    { N: 1 },
  ],
  ...[
    { BOOL: true },
    { BOOL: false },
    { BOOL: 'true' },
    { BOOL: 1 },
    { NULL: true },
    { NULL: false },
    { NULL: 'true' },
  ],
  ...[
    { B: 'AQ==' },
    { B: bytes(1) },
    { B: 'Ag==' },
    { B: bytes(2) },
    { B: '' },
    { B: bytes() },
    { B: 'AQ' },
    { B: 'AR==' },
  ],
  ...[{ B: undefined }, { B: 1 }, { B: 'ĀĀĀĀ' }],
  ...[{ M: {} }, { M: { a: text } }, { M: { a: { S: 'y' } } }, { M: { b: text } }, { M: { a: text, b: text } }],
  ...[{ M: { b: text, a: text } }, { M: { a: { N: '1' } } }, { M: { a: { N: '1.0' } } }, { M: { toString: text } }],
  ...[{ M: { a: undefined } }, { M: { a: null } }, { M: { a: { S: 1 } } }, { M: [] }, { M: 7 }, { M: null }],
  ...[
    { L: [] },
    { L: [text] },
    { L: [{ S: 'y' }] },
    { L: [text, text] },
    { L: [text, { S: 'y' }] },
    { L: [{ N: '1' }] },
  ],
  ...[
    { L: [{ N: '1.0' }] },
    { L: [{ L: [text] }] },
    { L: [null] },
    { L: [undefined] },
    { L: [{ S: 1 }] },
    { L: 'x' },
    { L: {} },
  ],
  ...[
    { SS: ['a', 'b'] },
    { SS: ['b', 'a'] },
    { SS: ['a'] },
    { SS: ['a', 'a'] },
    { SS: ['a', 'c'] },
    { SS: [] },
    { SS: [1] },
  ],
  ...[{ SS: 'ab' }, { SS: {} }, { SS: ['a', 1] }],
  ...[
    { NS: ['1', '2'] },
    { NS: ['2.0', '1e0'] },
    { NS: ['1'] },
    { NS: ['1', '3'] },
    { NS: ['x'] },
    { NS: ['1', 'x'] },
    { NS: [1] },
  ],
  ...[
    { BS: ['AQ==', 'Ag=='] },
    { BS: [bytes(2), bytes(1)] },
    { BS: ['AQ=='] },
    { BS: ['AQ==', 'Aw=='] },
    { BS: ['AQ'] },
    { BS: [1] },
  ],
  ...[{ X: 1 }, {}, null, 7, 'S', []],
]

type Reading = { readonly item: Record<string, unknown> } | { readonly isDeep: boolean }

const TAGS = ['S', 'N', 'B', 'BOOL', 'NULL', 'L', 'M', 'SS', 'NS', 'BS']

/** The type of a value, undefined where it has none, or several. */
function tagOf(value: unknown): string | undefined {
  const [tag, ...more] = Object.keys(Object(value))
  return more.length === 0 && typeof value === 'object' && TAGS.includes(`${tag}`) ? tag : undefined
}

/** The image read value by value, numbers as one text for all spellings; or whether a fault lies in the attribute itself or within. */
function read(value: unknown): Reading {
  try {
    return { item: deserializeImage({ x: value } as Image, { numbers: canonicalNumber }) }
  } catch (error) {
    // A member of a set is looked at with the set.
    return { isDeep: /^[ML]$/.test(tagOf(value) ?? '') && (error as { path: readonly unknown[] }).path.length > 1 }
  }
}

const readings = VALUES.map((value) => ({ value, reading: read(value) }))

/** The names, or the code of what is thrown. */
function outcome(before: unknown, after: unknown): unknown {
  try {
    return detectImageChanges({ x: before } as Image, { x: after } as Image)
  } catch (error) {
    return (error as { code: string }).code
  }
}

/** What a comparison may give. A fault is found in a type itself, and where both are of one type; within one of two types it may stay unseen. */
function allowedOutcomes([before, left]: readonly [unknown, Reading], [after, right]: readonly [unknown, Reading]) {
  if ('item' in left && 'item' in right) return [detectChanges(left.item, right.item)]
  const isAtTop = [left, right].some((each) => 'isDeep' in each && !each.isDeep)
  const [tag, other] = [tagOf(before), tagOf(after)]
  const isSeen = tag === undefined || other === undefined || (isAtTop && tag === other)
  return isSeen ? ['ATTRIBUTE_INVALID'] : ['ATTRIBUTE_INVALID', ['x']]
}

describe('raw images are compared as the items that they stand for', () => {
  test('each value against every other', () => {
    const wrong: unknown[] = []
    for (const { value: before, reading: left } of readings)
      for (const { value: after, reading: right } of readings) {
        const isFaulty = !('item' in left)
        // What is equal letter by letter is not looked at any closer.
        if (isFaulty && isDeepStrictEqual(before, after)) continue
        const found = outcome(before, after)
        const allowed: readonly unknown[] = allowedOutcomes([before, left], [after, right])
        if (!allowed.some((each) => isDeepStrictEqual(each, found))) wrong.push(JSON.stringify([before, after, found]))
      }
    expect(wrong).toEqual([])
  })

  test('a fault beside a difference is found wherever it stands', () => {
    const odd = { S: 'a', N: undefined }
    const before = { n: { N: '1' }, odd, same: { NS: ['1', '2'] }, gone: text, other: text }
    const after = { n: { N: '1.0' }, odd: { S: 'a' }, same: { NS: ['2.0', '1'] }, other: { S: 'y' }, come: text }
    expect(detectImageChanges(before as Image, after)).toEqual(['come', 'gone', 'other'])
    expect(detectImageChanges(after, before as Image)).toEqual(['come', 'gone', 'other'])
    expect(detectImageChanges({ a: odd } as Image, { a: { N: '1' } })).toEqual(['a'])
    const undefinedHere = { a: text, b: undefined } as unknown as Image
    expect(detectImageChanges(undefinedHere, { a: text })).toEqual([])
    expect(detectImageChanges({ a: text }, undefinedHere)).toEqual([])
  })

  test.each([7, 'text', [], new Map(), new Date()])('%o is no image', (image) => {
    for (const pair of [
      [image, {}],
      [{}, image],
      [image, { a: text }],
      [{ a: text }, image],
    ])
      expect(() => detectImageChanges(pair[0] as Image, pair[1] as Image)).toThrow(
        expect.objectContaining({ code: 'ATTRIBUTE_INVALID' }),
      )
  })

  test('names that objects have by themselves are names like others', () => {
    const named = JSON.parse('{"__proto__":{"S":"a"},"toString":{"S":"a"}}')
    expect(detectImageChanges(named, {})).toEqual(['__proto__', 'toString'])
    expect(detectImageChanges({}, named)).toEqual(['__proto__', 'toString'])
    expect(detectImageChanges(named, structuredClone(named))).toEqual([])
  })

  test.each([0, 1, 2])('maps and lists %i deep are compared with that depth, and refused with less', (depth) => {
    const nest = (inner: object, tag: 'L' | 'M', levels: number): object =>
      levels === 0
        ? inner
        : { [tag]: tag === 'L' ? [nest(inner, tag, levels - 1)] : { a: nest(inner, tag, levels - 1) } }
    for (const tag of ['L', 'M'] as const) {
      const [before, after] = [text, { S: 'y' }].map((inner) => ({ x: nest(inner, tag, depth) }) as Image)
      expect(detectImageChanges(before, after, { maxDepth: depth })).toEqual(['x'])
      if (depth > 0)
        expect(() => detectImageChanges(before, after, { maxDepth: depth - 1 })).toThrow(
          expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
        )
    }
  })
})

test('many names are sorted by code unit, few as well', () => {
  const names = Array.from({ length: 40 }, (_, n) => `${'zyxab'[n % 5]}${n}`)
  for (const count of [1, 2, 3, 24, 25, 40]) {
    const some = names.slice(0, count)
    const image = Object.fromEntries(some.map((name) => [name, text]))
    expect(detectImageChanges(image, {})).toEqual([...some].sort())
    expect(detectChanges(image, {})).toEqual([...some].sort())
  }
})
