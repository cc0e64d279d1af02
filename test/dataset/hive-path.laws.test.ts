import fc from 'fast-check'
import { expect } from 'vitest'
import { hivePath, parseHivePath } from '../../src/dataset/hive-path.ts'
import { law } from '../support/law.ts'

const hostile = fc.constantFrom(
  '',
  'NULL',
  'null',
  '__HIVE_DEFAULT_PARTITION__',
  '__proto__',
  '..',
  '.',
  'a/b',
  'a=b',
  '%',
  '%41',
  '\0\n\u007f',
  'é 👍🏽',
  '_x',
  'x.parquet',
  'a.b.csv.gz',
  '.json',
  '.tsv.json',
  ' ',
)
const text = fc.oneof(hostile, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))
const name = text.filter((value) => value !== '')
const partition = fc.dictionary(name, fc.option(text, { freq: 3 }), { noNullPrototype: true })

law(
  'hivePath: parsing returns the partition, alone or as a whole key',
  fc.property(partition, (given) => {
    expect(parseHivePath(`lake/${hivePath(given)}/part-00000.parquet`)).toEqual(given)
    expect(parseHivePath(hivePath(given))).toEqual(given)
  }),
)

law(
  'hivePath: one segment per name, for any names and values, and none that readers skip or resolve',
  fc.property(partition, (given) => {
    const segments = hivePath(given).split('/')
    expect(segments.filter((segment) => segment !== '')).toHaveLength(Object.keys(given).length)
    for (const segment of segments) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
      expect(segment).not.toMatch(/^\.|[\u0000-\u001f\u007f]/)
    }
  }),
)

law(
  'parseHivePath: any key is parsed, without an error or a modified prototype',
  fc.property(
    fc.oneof(
      text,
      fc.array(text).map((all) => all.join('=')),
      fc.array(text).map((all) => all.join('/')),
    ),
    (key) => {
      const parsed = parseHivePath(key)
      expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
      for (const value of Object.values(parsed)) expect(value === null || typeof value === 'string').toBe(true)
    },
  ),
)
