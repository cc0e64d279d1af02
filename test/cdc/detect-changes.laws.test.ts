import fc from 'fast-check'
import { expect } from 'vitest'
import {
  type Change,
  deserializeImage,
  detectChanges,
  detectImageChanges,
  diff,
  toJsonPatch,
} from '../../src/cdc/index.ts'
import { canonicalNumber } from '../../src/cdc/number-text.ts'
import { isMillraceError } from '../../src/errors.ts'
import { arbitraryNumberText } from '../../src/testing/arbitrary-image.ts'
import { arbitraryImage } from '../../src/testing/index.ts'
import { law } from '../support/law.ts'
import { arbitraryPair, define, reversed } from './support/image-pairs.ts'

const runs = 1000

/** Every number as what tells it from all else, whatever its spelling. */
const lossless = { numbers: (text: string) => new Map([['N', canonicalNumber(text)]]) }

/** Items as JavaScript has them, things that no DynamoDB holds among them. */
const anyItem = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', '__proto__', 'toString'),
  fc.oneof(
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      maxDepth: 3,
    }),
    fc.constantFrom<unknown>(Number.NaN, -0, 0, 1, 1n, '1', undefined, null),
    fc.array(fc.constantFrom<unknown>(1, 2, { a: 1 }, { a: 2 }, [1], undefined), { maxLength: 4 }),
  ),
)
const itemPair = fc.oneof(
  fc.tuple(anyItem, anyItem),
  arbitraryPair().map(([before, after]) => [deserializeImage(before), deserializeImage(after)] as const),
)

law(
  'detectChanges: an item and itself in any order of map keys and set members have no changes',
  fc.property(arbitraryImage(), (image) => {
    const item = deserializeImage(image)
    const other = reversed(item) as typeof item
    expect(detectChanges(item, other)).toEqual([])
    expect(diff(item, other)).toEqual([])
    expect(detectImageChanges(image, reversed(image) as typeof image)).toEqual([])
  }),
  { runs },
)

law(
  'detectChanges: symmetric',
  fc.property(itemPair, ([before, after]) => {
    expect(detectChanges(before, after)).toEqual(detectChanges(after, before))
  }),
  { runs: 2000 },
)

law(
  'detectImageChanges: symmetric',
  fc.property(arbitraryPair(), ([before, after]) => {
    expect(detectImageChanges(before, after)).toEqual(detectImageChanges(after, before))
  }),
  { runs },
)

law(
  'detectImageChanges: the changes of images equal those of their values, if these are lossless',
  fc.property(arbitraryPair(), ([before, after]) => {
    const [left, right] = [deserializeImage(before, lossless), deserializeImage(after, lossless)]
    expect(detectImageChanges(before, after)).toEqual(detectChanges(left, right))
  }),
  { runs: 3000 },
)

law(
  'detectImageChanges: numbers are compared by value, in any spelling',
  fc.property(fc.oneof(arbitraryNumberText(), fc.integer().map(String)), (text) => {
    const exponent = /[eE]/.test(text)
    const spellings = [
      text,
      canonicalNumber(text) ?? '',
      ...(exponent ? [] : [text.includes('.') ? `${text}00` : `${text}.0`, `${text}E0`]),
    ]
    for (const left of spellings) {
      for (const right of spellings) {
        expect(detectImageChanges({ a: { N: left } }, { a: { N: right } })).toEqual([])
        expect(detectImageChanges({ a: { NS: [left] } }, { a: { NS: [right, left] } })).toEqual([])
      }
    }
    expect(detectImageChanges({ a: { N: text } }, { a: { S: text } })).toEqual(['a'])
  }),
  { runs },
)

law(
  'detectImageChanges: two numbers are equal only if their canonical decimals are',
  fc.property(arbitraryNumberText(), arbitraryNumberText(), (left, right) => {
    const isSame = canonicalNumber(left) === canonicalNumber(right)
    expect(detectImageChanges({ a: { N: left } }, { a: { N: right } })).toEqual(isSame ? [] : ['a'])
  }),
  { runs: 2000 },
)

law(
  'detectChanges: if one item is absent, all names have changed',
  fc.property(arbitraryImage(), (image) => {
    const item = deserializeImage(image)
    const names = Object.keys(image).sort()
    expect(detectChanges(undefined, item)).toEqual(names)
    expect(detectChanges(item, undefined)).toEqual(names)
    expect(detectImageChanges(undefined, image)).toEqual(names)
    expect(detectImageChanges(image, undefined)).toEqual(names)
    expect(diff(undefined, item).map(({ op, path }) => [op, ...path])).toEqual(names.map((name) => ['add', name]))
  }),
  { runs },
)

law(
  'detectChanges: ignored names never appear, and no other name is missing',
  fc.property(arbitraryPair(), fc.subarray(['a', 'b', 'c', '__proto__', 'toString', '']), ([before, after], ignore) => {
    const [left, right] = [deserializeImage(before), deserializeImage(after)]
    const rest = detectChanges(left, right).filter((name) => !ignore.includes(name))
    for (const option of [ignore, new Set(ignore), (name: string) => ignore.includes(name)]) {
      expect(detectChanges(left, right, { ignore: option })).toEqual(rest)
      expect([...new Set(diff(left, right, { ignore: option }).map(({ path }) => path[0]))]).toEqual(rest)
    }
    const raw = detectImageChanges(before, after)
    expect(detectImageChanges(before, after, { ignore })).toEqual(raw.filter((name) => !ignore.includes(name)))
  }),
  { runs },
)

law(
  'diff: the first steps of its paths equal the result of detectChanges',
  fc.property(itemPair, ([before, after]) => {
    expect([...new Set(diff(before, after).map(({ path }) => path[0]))]).toEqual(detectChanges(before, after))
  }),
  { runs: 2000 },
)

law(
  'diff: applied to the item before, it results in the item after',
  fc.property(itemPair, ([before, after]) => {
    const changes = diff(before, after)
    expect(detectChanges(patched(before, changes), after)).toEqual([])
  }),
  { runs: 2000 },
)

law(
  'diff: no path is inside another or repeated, and no value is replaced with an equal one',
  fc.property(itemPair, ([before, after]) => {
    const changes = diff(before, after)
    const paths = changes.map(({ path }) => path.map((step) => JSON.stringify(step)).join('/'))
    expect(new Set(paths).size).toBe(paths.length)
    for (const path of paths) expect(paths.filter((other) => other.startsWith(`${path}/`))).toEqual([])
    for (const { op, before: old, after: now } of changes) {
      if (op === 'replace') expect(detectChanges({ value: old }, { value: now })).toEqual(['value'])
    }
  }),
  { runs },
)

law(
  'diff: does not depend on property order',
  fc.property(arbitraryPair(), ([before, after]) => {
    const [left, right] = [deserializeImage(before), deserializeImage(after)]
    expect(diff(reversed(left) as typeof left, reversed(right) as typeof right)).toEqual(diff(left, right))
  }),
  { runs },
)

law(
  'diff: the items are not modified',
  fc.property(arbitraryPair(), ([before, after]) => {
    const items = [deserializeImage(before), deserializeImage(after)] as const
    const copy = structuredClone(items)
    diff(...items)
    detectChanges(...items)
    toJsonPatch(diff(...items))
    expect(items).toEqual(copy)
  }),
  { runs },
)

law(
  'toJsonPatch: applied by RFC 6902, it turns the JSON of the item before into that of the item after',
  fc.property(jsonItem(), jsonItem(), (before, after) => {
    const patch = JSON.parse(JSON.stringify(toJsonPatch(diff(before, after))))
    expect(applyPatch(before, patch)).toEqual(after)
  }),
  { runs: 2000 },
)

law(
  'detectChanges, diff: any values return a result or throw a typed error',
  fc.property(fc.anything(), fc.anything(), (before, after) => {
    for (const compare of [detectChanges, detectImageChanges, diff]) {
      try {
        compare({ a: before } as never, { a: after } as never)
        compare(before as never, after as never)
      } catch (error) {
        if (!isMillraceError(error)) throw error
      }
    }
  }),
  { runs: 2000 },
)

function jsonItem(): fc.Arbitrary<Record<string, unknown>> {
  const name = fc.constantFrom('a', 'b', 'a/b', '~1', '0', '')
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<unknown>(1, 2, 'x', null, true),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
    ),
  }))
  return fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true })
}

/** Apply changes in their order to a copy. */
function patched(before: Readonly<Record<string, unknown>>, changes: readonly Change[]): Record<string, unknown> {
  const root = { item: copied(before) as Record<string, unknown> }
  for (const { op, path, after } of changes) {
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((value, step) => Object.getOwnPropertyDescriptor(value, step)?.value, root.item)
    const last = path.at(-1) ?? ''
    if (Array.isArray(parent)) parent.splice(Number(last), op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [after]))
    else if (op === 'remove') delete (parent as Record<string, unknown>)[last]
    else define(parent as object, String(last), after)
  }
  return root.item
}

/** A copy of maps and lists down to the leaves. */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied)
  if (typeof value !== 'object' || value === null) return value
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  const copy = {}
  for (const [name, each] of Object.entries(value)) define(copy, name, copied(each))
  return copy
}

/** RFC 6902 for add, remove and replace. */
function applyPatch(document: unknown, patch: readonly { op: string; path: string; value?: unknown }[]): unknown {
  const root = structuredClone(document)
  for (const { op, path, value } of patch) {
    const steps = path
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    const parent = steps.slice(0, -1).reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], root)
    const last = steps.at(-1) ?? ''
    if (Array.isArray(parent)) {
      if (op !== 'add') expect(Number(last)).toBeLessThan(parent.length)
      parent.splice(Number(last), op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value]))
    } else if (op === 'remove') delete (parent as Record<string, unknown>)[last]
    else (parent as Record<string, unknown>)[last] = value
  }
  return root
}
