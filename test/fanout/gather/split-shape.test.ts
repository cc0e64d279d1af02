import { expect, test } from 'vitest'
import { canonicalText, checkSeal, type Split, sealed } from '../../../src/fanout/gather/split.ts'
import { checkSplitShape } from '../../../src/fanout/gather/split-shape.ts'

const split: Split = sealed({
  plan: 'p',
  index: 0,
  of: 2,
  bucket: 'lake',
  key: 'a.csv',
  eTag: 'e',
  format: 'csv',
  start: 0,
  end: 50,
  size: 100,
  header: ['id', ''],
  schema: [
    ['id', 'int64'],
    ['', 'string'],
  ],
  inference: [1, null],
})

test('a split of a plan, with and without the fields that may be absent', () => {
  expect(() => checkSplitShape(split)).not.toThrow()
  const { header: _, schema: __, inference: ___, ...whole } = split
  expect(() => checkSplitShape({ ...whole, schema: split.schema } as Split)).not.toThrow()
  expect(() => checkSplitShape({ ...whole, versionId: 'v', compression: 'auto', rowGroups: [0, 3] })).not.toThrow()
})

test.each<[string, object]>([
  ['index', { index: -1 }],
  ['of', { of: '2' }],
  ['format', { format: 'xml' }],
  ['compression', { compression: 'snappy' }],
  ['start', { start: 0.5 }],
  ['end', { start: 51 }],
  ['end', { end: 101 }],
  ['size', { size: null }],
  ['rowGroups', { rowGroups: [3, 1] }],
  ['rowGroups', { rowGroups: [0, 2 ** 31] }],
  ['rowGroups', { rowGroups: true }],
  ['rowGroups', { rowGroups: [0, 1, 2] }],
  ['rowGroups', { rowGroups: [0] }],
  ['rowGroups', { rowGroups: [0.5, 1] }],
  ['versionId', { versionId: 7 }],
  ['versionId', { versionId: '' }],
  [
    'schema',
    {
      schema: [
        [7, 'int64'],
        ['', 'string'],
      ],
    },
  ],
  ['delimiter', { delimiter: '' }],
  ['header', { header: ['id', null] }],
  ['header', { header: 'id' }],
  ['schema', { schema: [true, null] }],
  [
    'schema',
    {
      schema: [
        ['id', 'int64', 'x'],
        ['', 'string'],
      ],
    },
  ],
  ['schema', { schema: {} }],
  ['inference', { inference: [1] }],
  ['inference', { inference: [1, {}] }],
  ['check', { check: 5 }],
])('a split whose check value is right and whose %s is not: SPLIT_MISMATCH that names it', (name, change) => {
  expect(() => checkSplitShape({ ...split, ...change } as Split)).toThrow(
    expect.objectContaining({ code: 'SPLIT_MISMATCH', message: expect.stringContaining(`: ${name} is`) }),
  )
})

test('the seal and the text of a split do not depend on the order of its fields, nor on those that are undefined', () => {
  const { check, ...fields } = split
  const reversed = Object.fromEntries(Object.entries(fields).reverse()) as Omit<Split, 'check'>
  expect(() => checkSeal({ check, ...reversed })).not.toThrow()
  expect(() => checkSeal({ ...split, versionId: undefined } as unknown as Split)).not.toThrow()
  expect(sealed(reversed).check).toBe(check)
  expect(() => checkSeal({ ...split, end: 49 })).toThrow(expect.objectContaining({ code: 'SPLIT_MISMATCH' }))
  expect(canonicalText({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}')
})
