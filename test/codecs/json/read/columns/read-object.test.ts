import { Field, Int64, List, Struct, Utf8 } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { decodeNdjson, type JsonOptions } from '../../../../../src/codecs/json/json.ts'
import { bytes, failureOf, rowsOf } from '../../support.ts'

/** Rows are read one by one if they are few, and by the kernel if there are thousands. */
const COUNTS = [1, 3000] as const

function lastRow(text: string, before: string, count: number, options: JsonOptions = {}): unknown {
  return rowsOf(decodeNdjson(bytes(`${`${before}\n`.repeat(count)}${text}\n`), options)).at(-1)
}

describe.each(COUNTS)('an object after %d others', (count) => {
  const usual = '{"s":"a","n":1,"f":0.5,"b":true,"d":"2024-01-01","l":[1],"o":{"k":1},"m":1}'
  const none = { s: null, n: null, f: null, b: null, d: null, l: null, o: null, m: null }

  test.each<[string, object]>([
    ['{"s":"x","s":"y"}', { s: 'y' }],
    ['{"s":"x","s":null}', {}],
    ['{"s":null,"s":"y"}', { s: 'y' }],
    ['{"s":"long text","n":5,"s":""}', { s: '', n: 5n }],
    ['{"n":1,"n":null}', {}],
    ['{"n":"x","n":2}', { n: 2n }],
    ['{"f":1.5,"f":null}', {}],
    ['{"b":true,"b":false}', { b: false }],
    ['{"b":true,"b":null}', {}],
    ['{"d":"2024-01-01","d":null}', {}],
    ['{"l":[1,2,3],"l":[4]}', { l: [4n] }],
    ['{"l":[1,2,3],"l":null}', {}],
    ['{"o":{"k":1,"k":2}}', { o: { k: 2n } }],
    ['{"o":{"k":1},"o":{}}', { o: { k: null } }],
    ['{"o":{"k":1},"o":null}', {}],
    ['{"o":{"k":1},"n":3,"o":{"k":4},"n":5}', { o: { k: 4n }, n: 5n }],
    ['{"s":"x","\\u0073":"y"}', { s: 'y' }],
  ])('the last of repeated keys wins: %s', (text, expected) => {
    const pins = { schema: { s: 'string', n: 'int64', f: 'float64', b: 'bool', d: 'date' } } as const
    expect(lastRow(text, usual, count)).toMatchObject({ ...none, ...expected, m: null })
    expect(lastRow(text, usual, count, pins)).toMatchObject({ ...none, ...expected, m: null })
  })

  test('space may be anywhere between tokens', () => {
    const expected = {
      s: 'x',
      n: 1n,
      f: 2.5,
      b: false,
      d: new Date('2024-02-29'),
      l: [1n, null, 3n],
      o: { k: 9n },
      m: null,
    }
    for (const space of [' ', '\t', '\r\n', '\n', '\r', '  \t ']) {
      const tokens = [
        '{',
        '"s"',
        ':',
        '"x"',
        ',',
        '"n"',
        ':',
        '1',
        ',',
        '"f"',
        ':',
        '2.5',
        ',',
        '"b"',
        ':',
        'false',
        ',',
        '"d"',
        ':',
        '"2024-02-29"',
        ',',
      ]
      tokens.push(
        '"l"',
        ':',
        '[',
        '1',
        ',',
        'null',
        ',',
        '3',
        ']',
        ',',
        '"o"',
        ':',
        '{',
        '"k"',
        ':',
        '9',
        '}',
        ',',
        '"m"',
        ':',
        'null',
        '}',
      )
      expect(lastRow(tokens.join(space), usual, count)).toEqual(expected)
      for (let at = 1; at < tokens.length; at++)
        expect(
          lastRow(`${tokens.slice(0, at).join('')}${space}${tokens.slice(at).join('')}`, usual, Math.min(count, 1)),
        ).toEqual(expected)
    }
    for (const [text, value] of [
      ['{ }', none],
      ['{"l":[ ]}', { ...none, l: [] }],
      ['{"o":{ }}', { ...none, o: { k: null } }],
      ['{"l":[\n]}', { ...none, l: [] }],
    ] as const)
      expect(lastRow(text, usual, count)).toEqual(value)
  })

  test('keys come in any order, and any of them may be missing', () => {
    const members = { s: '"x"', n: '1', f: '2.5', b: 'true', d: '"2024-02-29"', l: '[7]', o: '{"k":9}', m: '5' }
    const values: Record<string, unknown> = {
      s: 'x',
      n: 1n,
      f: 2.5,
      b: true,
      d: new Date('2024-02-29'),
      l: [7n],
      o: { k: 9n },
      m: 5n,
    }
    const names = Object.keys(members) as (keyof typeof members)[]
    const rows: string[] = []
    const expected: unknown[] = []
    for (let mask = 0; mask < 256; mask++) {
      const kept = names.filter((_, index) => (mask >> index) & 1)
      for (const order of [kept, kept.toReversed(), [...kept.slice(2), ...kept.slice(0, 2)]]) {
        rows.push(`{${order.map((name) => `"${name}":${members[name]}`).join()}}`)
        expected.push({ ...none, ...Object.fromEntries(kept.map((name) => [name, values[name]])) })
      }
    }
    const text = [...new Array(count).fill(usual), ...rows].join('\n')
    expect(rowsOf(decodeNdjson(bytes(text))).slice(count)).toEqual(expected)
  })
})

test.each([0, 1, 600, 3000])('nesting of pinned types is limited in every row: after %d others', (count) => {
  const deep = new Struct([new Field('t', new Struct([new Field('x', new Int64(), true)]), true)])
  const lists = new List(new Field('item', new List(new Field('item', new Utf8(), true)), true))
  for (const [type, text] of [
    [deep, '{"v":{"t":{"x":1}}}'],
    [lists, '{"v":[["x"]]}'],
    [deep, '{"v":{"t":{}}}'],
    [lists, '{"v":[[]]}'],
  ] as const) {
    const read = (maxDepth: number): unknown =>
      lastRow(text, '{"v":null}', count, { schema: { v: type }, limits: { maxDepth } })
    expect(read(3)).toBeDefined()
    expect(failureOf(() => read(2))).toMatchObject({ code: 'LIMIT_EXCEEDED', position: { row: count + 1 } })
  }
})

test('a broken value after a short row is a broken row, whatever the bytes of the row before are', () => {
  for (const before of ['{}', '{,}', '{]']) {
    for (const schema of [{ a: 'int64' }, { a: 'bool' }, { a: 'string' }, { a: 'date' }, { a: 'int32' }] as const) {
      for (const value of ['x', '"\\x"', '-', '[', '{"b"']) {
        const text = `${before}\n{"a":${value}}\n{"a":null}\n`
        const rejected: unknown[] = []
        const table = decodeNdjson(bytes(text), {
          schema,
          onInvalidRow: ({ line, code }) => rejected.push([line, code]),
        })
        expect(rejected.at(-1)).toEqual([2, 'JSON_INVALID'])
        expect(rowsOf(table).at(-1)).toEqual({ a: null })
      }
    }
  }
})
