import { describe, expect, test } from 'vitest'
import { decodeParquet } from '../../../../../src/codecs/parquet/parquet.ts'
import type { SchemaElement } from '../../../../../src/codecs/parquet/read/footer/file-metadata.ts'
import { type ColumnShape, fileShape, leavesOf } from '../../../../../src/codecs/parquet/read/schema/schema-shape.ts'
import { rowsFromTable } from '../../../../../src/columns/rows-from-table.ts'
import { type HandmadeColumn, handmadeFile, pageV1 } from '../../support/parquet-file.ts'
import { SHAPE_OPTIONS, schemaElement, shapesOf } from '../../support/schema-element.ts'

const page = pageV1({ values: 1, body: Uint8Array.of(7, 0, 0, 0) })
const column = (name: string): HandmadeColumn => ({ name, type: 'INT32', values: 1, pages: [page] })
const leaf = (name: string) => ({ field_1: 1, field_3: 0, field_4: name })
const root = (children: number) => ({ field_4: 'root', field_5: children })

async function rowsOf(columns: readonly HandmadeColumn[], schema: readonly object[]) {
  const file = handmadeFile({ columns, rows: 1, footer: { field_2: schema } })
  return [...rowsFromTable(await decodeParquet(file))]
}

describe('schema elements outside the root are no columns', () => {
  test('without chunks of their own', async () => {
    expect(await rowsOf([column('a')], [root(1), leaf('a'), leaf('stray')])).toEqual([{ a: 7 }])
    expect(await rowsOf([column('a')], [root(1), leaf('a'), root(1), leaf('stray')])).toEqual([{ a: 7 }])
  })

  test('with chunks of their own', async () => {
    expect(await rowsOf([column('a'), column('stray')], [root(1), leaf('a'), leaf('stray')])).toEqual([{ a: 7 }])
  })

  test('a root that leads to none of the columns is refused', async () => {
    await expect(rowsOf([column('a')], [root(0), leaf('a')])).rejects.toMatchObject({ code: 'PARQUET_INVALID' })
  })

  test('other numbers of chunks are refused', async () => {
    const three = [column('a'), column('b'), column('c')]
    await expect(rowsOf(three, [root(1), leaf('a'), leaf('stray')])).rejects.toMatchObject({ code: 'PARQUET_INVALID' })
  })
})

type Element = Partial<SchemaElement>
const group = (name: string, childCount: number, more: Element = {}): Element => ({ name, childCount, ...more })
const value = (name: string, more: Element = {}): Element => ({ name, type: 'INT32', ...more })
const optional = { repetition: 'OPTIONAL' } as const
const repeated = { repetition: 'REPEATED' } as const
const listType = { logical: { kind: 'list' } } as const
const mapType = { logical: { kind: 'map' } } as const

/** A shape with its levels: `name?` is nullable, d and r are levels of definition and repetition, s the level of slots. */
function described(shape: ColumnShape): string {
  const name = `${shape.field.name}${shape.field.nullable ? '?' : ''}`
  if (shape.kind === 'leaf') {
    const { index, definition, repetition, slotDefinition, alwaysNull } = shape.leaf
    return `${name} ${index}:d${definition}r${repetition}s${slotDefinition}${alwaysNull ? ' null' : ''}`
  }
  if (shape.kind === 'struct') return `${name} d${shape.definition} {${shape.children.map(described).join(', ')}}`
  expect(shape.kind).toBe('list')
  return `${name} d${shape.definition}e${shape.elementDefinition}r${shape.repetition} [${described(shape.element)}]`
}

const columns = (count: number, ...elements: Element[]) => shapesOf(elements, count).map(described)
const typesOf = (count: number, ...elements: Element[]) =>
  shapesOf(elements, count).map(({ field }) => String(field.type))

describe('levels and types of nested columns', () => {
  test('flat columns', () => {
    expect(columns(2, value('a'), value('b', optional))).toEqual(['a 0:d0r0s0', 'b? 1:d1r0s0'])
  })

  test('the root has no levels, whatever it says of itself', () => {
    for (const repetition of ['REQUIRED', 'OPTIONAL', 'REPEATED'] as const) {
      const root = schemaElement({ name: 'root', childCount: 1, repetition })
      expect(fileShape([root, schemaElement(value('a'))], SHAPE_OPTIONS).columns.map(described)).toEqual(['a 0:d0r0s0'])
    }
  })

  test('structs, required and optional', () => {
    expect(columns(1, group('s', 2, optional), value('a'), group('t', 1), value('b', optional))).toEqual([
      's? d1 {a 0:d1r0s0, t d1 {b? 1:d2r0s0}}',
    ])
    expect(typesOf(1, group('s', 2, optional), value('a'), group('t', 1), value('b', optional))).toEqual([
      'Struct<{a:Int32, t:Struct<{b:Int32}>}>',
    ])
  })

  test('a list of three levels', () => {
    expect(
      columns(1, group('l', 1, { ...optional, ...listType }), group('list', 1, repeated), value('element', optional)),
    ).toEqual(['l? d1e2r1 [element? 0:d3r1s2]'])
    expect(columns(1, group('l', 1, listType), group('list', 1, repeated), value('element'))).toEqual([
      'l d0e1r1 [element 0:d1r1s1]',
    ])
  })

  test('lists in lists', () => {
    expect(
      columns(
        1,
        group('l', 1, { ...optional, ...listType }),
        group('list', 1, repeated),
        group('element', 1, { ...optional, ...listType }),
        group('list', 1, repeated),
        value('element', optional),
      ),
    ).toEqual(['l? d1e2r1 [element? d3e4r2 [element? 0:d5r2s4]]'])
  })

  test.each<[string, Element[], string]>([
    ['a value', [value('item', repeated)], 'l? d1e2r1 [item 0:d2r1s2]'],
    [
      'a group of two',
      [group('item', 2, repeated), value('a'), value('b')],
      'l? d1e2r1 [item d2 {a 0:d2r1s2, b 1:d2r1s2}]',
    ],
    ['a group named array', [group('array', 1, repeated), value('a')], 'l? d1e2r1 [array d2 {a 0:d2r1s2}]'],
    [
      'a group named after the list',
      [group('l_tuple', 1, repeated), value('a')],
      'l? d1e2r1 [l_tuple d2 {a 0:d2r1s2}]',
    ],
    ['a group named after another', [group('m_tuple', 1, repeated), value('a')], 'l? d1e2r1 [a 0:d2r1s2]'],
    [
      'a group of one that is repeated',
      [group('item', 1, repeated), value('a', repeated)],
      'l? d1e2r1 [item d2 {a d2e3r2 [a 0:d3r2s3]}]',
    ],
  ])('a list of two levels, of %s', (_, elements, expected) => {
    expect(columns(1, group('l', 1, { ...optional, ...listType }), ...elements)).toEqual([expected])
  })

  test('elements that are never null are not nullable', () => {
    const of = (...elements: Element[]) =>
      shapesOf([group('l', 1, listType), ...elements], 1).map(({ field }) => field.type.children[0]?.nullable)
    expect(of(value('item', repeated))).toEqual([false])
    expect(of(group('list', 1, repeated), value('element', optional))).toEqual([true])
    expect(of(group('list', 1, repeated), value('element'))).toEqual([false])
  })

  test('a map, and one without values or of three columns', () => {
    const entries = (count: number) => [group('m', 1, { ...optional, ...mapType }), group('key_value', count, repeated)]
    expect(columns(1, ...entries(2), value('key'), value('value', optional))).toEqual([
      'm? d1e2r1 [key_value d2 {key 0:d2r1s2, value? 1:d3r1s2}]',
    ])
    const [map] = shapesOf([...entries(2), value('key'), value('value')], 1) as [ColumnShape]
    expect(map.field.type.children[0]).toMatchObject({ nullable: false })
    expect(typesOf(1, ...entries(2), value('key'), value('value', optional))).toEqual(['Map<{key:Int32, value:Int32}>'])
    expect(columns(1, ...entries(1), value('key'))).toEqual(['m? d1e2r1 [key 0:d2r1s2]'])
    expect(typesOf(1, ...entries(3), value('a'), value('b'), value('c'))).toEqual([
      'List<Struct<{a:Int32, b:Int32, c:Int32}>>',
    ])
  })

  test('a field that is repeated without an annotation around it', () => {
    expect(columns(1, value('a', repeated))).toEqual(['a d0e1r1 [a 0:d1r1s1]'])
    expect(typesOf(1, value('a', repeated))).toEqual(['List<Int32>'])
    expect(columns(1, group('s', 2, repeated), value('a'), value('b', repeated))).toEqual([
      's d0e1r1 [s d1 {a 0:d1r1s1, b d1e2r2 [b 1:d2r2s2]}]',
    ])
    expect(shapesOf([value('a', repeated)], 1)[0]?.field.type.children[0]).toMatchObject({
      name: 'element',
      nullable: false,
    })
  })

  test('a group that is annotated, but has other children than its annotation tells, is a struct', () => {
    for (const annotation of [listType, mapType]) {
      expect(columns(1, group('l', 2, annotation), value('a', repeated), value('b'))).toEqual([
        'l d0 {a d0e1r1 [a 0:d1r1s1], b 1:d0r0s0}',
      ])
      expect(columns(1, group('l', 1, annotation), value('a'))).toEqual(['l d0 {a 0:d0r0s0}'])
    }
    expect(columns(1, group('s', 1), value('a', repeated))).toEqual(['s d0 {a d0e1r1 [a 0:d1r1s1]}'])
  })

  test('columns that are always null are text, and marked as empty', () => {
    const [shape] = shapesOf([value('n', { ...optional, logical: { kind: 'null' } })], 1) as [ColumnShape]
    expect(described(shape)).toBe('n? 0:d1r0s0 null')
    expect(shape.field.metadata.get('millrace.empty')).toBe('true')
    expect(leavesOf(shape)[0]?.layout).toMatchObject({ physical: 'INT32', physicalWidth: 4, width: 0 })
  })

  test('UUID and JSON are marked on values alone', () => {
    const extension = (...elements: Element[]) => shapesOf(elements, 1)[0]?.field.metadata.get('ARROW:extension:name')
    const uuid = { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 16, logical: { kind: 'uuid' } } as const
    expect(extension(value('a', uuid))).toBe('arrow.uuid')
    expect(extension(value('a', { type: 'BYTE_ARRAY', logical: { kind: 'json' } }))).toBe('arrow.json')
    expect(extension(value('a', { type: 'BYTE_ARRAY', logical: { kind: 'string' } }))).toBeUndefined()
    expect(shapesOf([value('a')], 1)[0]?.field.metadata.size).toBe(0)
    expect(extension(group('s', 1, { logical: { kind: 'json' } }), value('a'))).toBeUndefined()
  })
})

describe('a schema that is no tree', () => {
  const shapeOf = (maxDepth: number, ...elements: Element[]) =>
    fileShape(elements.map(schemaElement), { ...SHAPE_OPTIONS, maxDepth })
  const refused = (message: string, code = 'PARQUET_INVALID') => expect.objectContaining({ code, message })

  test('counts its leaves, and those that are no columns', () => {
    const tree = [group('root', 2), value('a'), group('s', 1), value('b')]
    const { leafCount, strayLeaves } = shapeOf(64, ...tree, group('t', 1), value('c'))
    expect([leafCount, strayLeaves]).toEqual([2, 1])
  })

  test('is refused', () => {
    expect(() => shapeOf(64)).toThrow(refused('the schema ends before its last column'))
    expect(() => shapeOf(64, group('root', 2), value('a'))).toThrow(refused('the schema ends before its last column'))
    expect(() => shapeOf(64, value('root'))).toThrow(refused('the root of the schema is not a group'))
    expect(() => shapeOf(64, group('root', 1), group('s', 0))).toThrow(refused('a group of the schema has no columns'))
    expect(shapeOf(64, group('root', 0)).columns).toEqual([])
  })

  test('may be as deep as the limit', () => {
    const deep = [group('root', 1), group('s', 1), value('a')]
    expect(shapeOf(2, ...deep).leafCount).toBe(1)
    expect(() => shapeOf(1, ...deep)).toThrow(
      refused('columns are nested more than 1 deep (limits.maxDepth)', 'LIMIT_EXCEEDED'),
    )
  })
})
