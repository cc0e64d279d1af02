import {
  Binary,
  type DataType,
  DurationSecond,
  Field,
  FixedSizeList,
  Int32,
  Int64,
  List,
  Map_,
  Schema,
  Struct,
  Utf8,
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { checkSameSchema, fileSchema, isList, nameOf } from '../../../../src/codecs/parquet/write/file-schema.ts'

const field = (name: string, type: DataType = new Int32(), nullable = false) => new Field(name, type, nullable)
const list = (item: Field) => new List(item)
const map = (value: Field) => new Map_(field('entries', new Struct([field('key', new Utf8()), value])) as never)

/** Elements as `name type children`, leaves with their levels: optional ones end in `?`, repeated ones in `*`. */
function described(...fields: Field[]) {
  const { elements, leaves } = fileSchema(new Schema(fields))
  const mark = { REQUIRED: '', OPTIONAL: '?', REPEATED: '*' }
  return {
    elements: elements.map(({ name, type, num_children, repetition_type, converted_type }) =>
      [
        `${name}${mark[repetition_type ?? 'REQUIRED']}`,
        ...(type === undefined ? [converted_type ?? 'group', num_children] : [type]),
      ].join(' '),
    ),
    leaves: leaves.map((leaf) => {
      const steps = leaf.steps.map(({ kind, optional, child }) => `${kind}${optional ? '?' : ''}${child}`)
      return `${leaf.column} ${nameOf(leaf)} [${steps.join(' ')}] d${leaf.maxDefinition}r${leaf.maxRepetition}${leaf.optional ? '?' : ''}`
    }),
  }
}

describe('the schema of a file', () => {
  test('of flat columns', () => {
    expect(described(field('a'), field('b', new Utf8(), true))).toEqual({
      elements: ['schema group 2', 'a INT32', 'b? BYTE_ARRAY'],
      leaves: ['0 a [] d0r0', '1 b [] d1r0?'],
    })
    expect(fileSchema(new Schema([field('a', new Int32(), true)])).elements[1]).toEqual({
      name: 'a',
      type: 'INT32',
      repetition_type: 'OPTIONAL',
    })
  })

  test('of structs in structs', () => {
    const inner = new Struct([field('x'), field('y', new Utf8(), true)])
    expect(described(field('s', new Struct([field('a'), field('t', inner, true)]), true), field('b'))).toEqual({
      elements: ['schema group 2', 's? group 2', 'a INT32', 't? group 2', 'x INT32', 'y? BYTE_ARRAY', 'b INT32'],
      leaves: [
        '0 s.a [struct?0] d1r0',
        '0 s.t.x [struct?1 struct?0] d2r0',
        '0 s.t.y [struct?1 struct?1] d3r0?',
        '1 b [] d0r0',
      ],
    })
    expect(described(field('s', new Struct([field('a')]))).leaves).toEqual(['0 s.a [struct0] d0r0'])
  })

  test('of lists, whose items have one name', () => {
    expect(described(field('l', list(field('item', new Int32(), true)), true))).toEqual({
      elements: ['schema group 1', 'l? LIST 1', 'list* group 1', 'element? INT32'],
      leaves: ['0 l.list.element [list?0] d3r1?'],
    })
    expect(described(field('l', list(field('x', list(field('y')))))).leaves).toEqual([
      '0 l.list.element.list.element [list0 list0] d2r2',
    ])
    expect(described(field('l', new FixedSizeList(2, field('item')))).leaves).toEqual(['0 l.list.element [list0] d1r1'])
    const [, outer] = fileSchema(new Schema([field('l', list(field('item')))])).elements
    expect(outer).toMatchObject({ converted_type: 'LIST', logical_type: { type: 'LIST' } })
  })

  test('of maps, whose keys are never null', () => {
    expect(described(field('m', map(field('v', new Int64(), true)), true))).toEqual({
      elements: ['schema group 1', 'm? MAP 1', 'key_value* group 2', 'key BYTE_ARRAY', 'value? INT64'],
      leaves: ['0 m.key_value.key [list?0 struct0] d2r1', '0 m.key_value.value [list?0 struct1] d3r1?'],
    })
    const [, outer] = fileSchema(new Schema([field('m', map(field('v')))])).elements
    expect(outer).toMatchObject({ converted_type: 'MAP', logical_type: { type: 'MAP' } })
    const nullableKey = new Map_(
      field('entries', new Struct([field('key', new Utf8(), true), field('value')])) as never,
    )
    expect(described(field('m', nullableKey)).leaves[0]).toBe('0 m.key_value.key [list0 struct0] d1r1')
  })

  test('with the extension types of its fields', () => {
    const json = new Field('j', new Utf8(), false, new Map([['ARROW:extension:name', 'arrow.json']]))
    expect(fileSchema(new Schema([json])).leaves[0]?.schema.converted_type).toBe('JSON')
  })

  test('which types are lists', () => {
    expect([list(field('a')), new FixedSizeList(1, field('a')), new Struct([]), new Int32()].map(isList)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})

describe('schemas that are refused', () => {
  const refused = (code: string, column: string | undefined, message = '') =>
    expect.objectContaining({
      code,
      message: expect.stringContaining(message),
      ...(column === undefined ? {} : { position: { column } }),
    })

  test('without columns', () => {
    expect(() => described()).toThrow(refused('UNSUPPORTED_FORMAT', undefined, 'a table without columns'))
  })

  test('with two columns of one name, at any depth', () => {
    expect(() => described(field('a'), field('a'))).toThrow(refused('COLUMN_CONFLICT', 'a'))
    const struct = new Struct([field('x'), field('x')])
    expect(() => described(field('s', struct))).toThrow(refused('COLUMN_CONFLICT', 's.x'))
    expect(() => described(field('l', list(field('item', struct))))).toThrow(
      refused('COLUMN_CONFLICT', 'l.list.element.x'),
    )
    expect(described(field('a'), field('s', new Struct([field('a')]))).leaves.length).toBe(2)
  })

  test('with a name that is no text', () => {
    expect(() => described(field('\ud800'))).toThrow(refused('ENCODING_INVALID', '\ud800', 'lone surrogate'))
    expect(() => described(field('s', new Struct([field('a\udc00')])))).toThrow(
      refused('ENCODING_INVALID', 's.a\udc00'),
    )
  })

  test('with a type that Parquet lacks', () => {
    expect(() => described(field('d', new DurationSecond()))).toThrow(
      refused('TYPE_MISMATCH', 'd', 'Parquet cannot represent type Duration'),
    )
    expect(() => described(field('s', new Struct([field('e', new Struct([]))])))).toThrow(
      refused('TYPE_MISMATCH', 's.e', 'Parquet cannot represent a struct without fields'),
    )
  })

  test('that are nested too deeply', () => {
    const deep = (levels: number) => {
      let type: DataType = new Int32()
      for (let i = 1; i < levels; i++) type = new Struct([field('s', type)])
      return described(field('s', type)).leaves.length
    }
    expect(deep(192)).toBe(1)
    expect(() => deep(193)).toThrow(refused('LIMIT_EXCEEDED', 's', 'columns may nest 64 levels deep'))
  })
})

describe('the schema of a later batch', () => {
  const check = (first: Field[], batch: Field[]) => checkSameSchema(fileSchema(new Schema(first)), new Schema(batch))
  const struct = (child: Field) => field('s', new Struct([child]))

  test('may differ in what is nullable, and in its encoding', () => {
    expect(() => check([field('a'), field('b')], [field('a', new Int32(), true), field('b')])).not.toThrow()
    expect(() =>
      check([struct(field('x'))], [field('s', new Struct([field('x', new Int32(), true)]), true)]),
    ).not.toThrow()
  })

  test.each<[string, Field[], Field[], string]>([
    ['a name', [field('a')], [field('b')], 'a'],
    ['a type', [field('a')], [field('a', new Int64())], 'a'],
    ['an annotation', [field('a', new Utf8())], [field('a', new Binary())], 'a'],
    ['a column less', [field('a'), field('b')], [field('a')], 'b'],
    ['a column more', [field('a')], [field('a'), field('b')], 'b'],
    ['another order', [field('a'), field('b')], [field('b'), field('a')], 'a'],
    ['a child', [struct(field('x'))], [struct(field('y'))], 's.x'],
    [
      'a list in the place of structs of its names',
      [field('s', list(field('element')))],
      [field('s', new Struct([field('list', new Struct([field('element')]))]))],
      's.list.element',
    ],
    [
      'a map in the place of structs of its names',
      [field('m', map(field('value')))],
      [field('m', new Struct([field('key_value', new Struct([field('key', new Utf8()), field('value')]))]))],
      'm.key_value.key',
    ],
  ])('may not differ in %s', (_, first, batch, column) => {
    expect(() => check(first, batch)).toThrow(refusedBatch(column))
  })

  const refusedBatch = (column: string) => expect.objectContaining({ code: 'TYPE_MISMATCH', position: { column } })
})
