import { DataType, type Field, type Schema } from 'apache-arrow'
import type { SchemaElement } from 'hyparquet'
import { EXTENSION_KEY } from '../../../columns/extension-type.ts'
import { MillraceError } from '../../../errors.ts'
import { encodeUtf8 } from '../../../internal/utf8.ts'
import { DEFAULT_LIMITS } from '../../limits.ts'
import { type LeafType, leafType } from './leaf-type.ts'

/** A node above a leaf: the way from its Arrow data to the next one, and its contribution to the levels. */
export interface Step {
  readonly kind: 'struct' | 'list'
  readonly optional: boolean
  /** Index of the child that leads to the leaf. */
  readonly child: number
}

/** A column of the file: a leaf of the schema, with the path to it. */
export interface WriteLeaf extends LeafType {
  /** The top-level column to which it belongs. */
  readonly column: number
  readonly path: readonly string[]
  readonly schema: SchemaElement
  readonly steps: readonly Step[]
  readonly optional: boolean
  readonly maxDefinition: number
  readonly maxRepetition: number
}

export interface FileSchema {
  readonly elements: readonly SchemaElement[]
  readonly leaves: readonly WriteLeaf[]
}

interface Place {
  readonly column: number
  readonly path: readonly string[]
  readonly steps: readonly Step[]
}

/**
 * The Parquet schema of an Arrow schema.
 *
 * @throws MillraceError `COLUMN_CONFLICT` for two columns with the same name, `TYPE_MISMATCH` for a type that Parquet
 * cannot represent, `ENCODING_INVALID` for a name that UTF-8 cannot represent, `UNSUPPORTED_FORMAT` for a table without
 * columns.
 */
export function fileSchema(schema: Schema): FileSchema {
  if (schema.fields.length === 0) {
    throw new MillraceError(
      'UNSUPPORTED_FORMAT',
      'a table without columns cannot be written as Parquet: no reader accepts such a file',
    )
  }
  const elements: SchemaElement[] = [{ name: 'schema', num_children: schema.fields.length }]
  const leaves: WriteLeaf[] = []
  checkNames(schema.fields, '')
  schema.fields.forEach((field, column) => {
    addField(field, field.nullable, { column, path: [], steps: [] })
  })
  return { elements, leaves }

  function addField(field: Field, optional: boolean, { column, path, steps }: Place, name = field.name): void {
    const here = [...path, name]
    const place = { column, path: here, steps }
    if (here.length > DEFAULT_LIMITS.maxDepth * 3) tooDeep(field.name)
    const { type } = field
    if (DataType.isStruct(type)) addStruct(type.children, optional, place)
    else if (DataType.isMap(type)) addMap(type.children[0] as Field, optional, place)
    else if (isList(type)) addList(type.children[0] as Field, optional, place)
    else addLeaf(field, name, optional, place)
  }

  function addLeaf({ type, metadata }: Field, name: string, optional: boolean, place: Place): void {
    const leaf = leafType(type, metadata.get(EXTENSION_KEY))
    if (leaf === undefined) throw unwritable(type, place.path)
    const element: SchemaElement = { name, ...leaf.element, repetition_type: repetition(optional) }
    elements.push(element)
    leaves.push({ ...leaf, ...place, schema: element, optional, ...levelsOf(place.steps, optional) })
  }

  function addStruct(children: readonly Field[], optional: boolean, place: Place): void {
    if (children.length === 0) throw unwritable('a struct without fields', place.path)
    checkNames(children, `${place.path.join('.')}.`)
    elements.push({ name: last(place.path), repetition_type: repetition(optional), num_children: children.length })
    children.forEach((child, index) => {
      addField(child, child.nullable, { ...place, steps: [...place.steps, { kind: 'struct', optional, child: index }] })
    })
  }

  function addList(item: Field, optional: boolean, { column, path, steps }: Place): void {
    elements.push({ name: last(path), repetition_type: repetition(optional), num_children: 1, ...LIST })
    elements.push({ name: 'list', repetition_type: 'REPEATED', num_children: 1 })
    const inner: Place = { column, path: [...path, 'list'], steps: [...steps, { kind: 'list', optional, child: 0 }] }
    addField(item, item.nullable, inner, 'element')
  }

  function addMap(entries: Field, optional: boolean, { column, path, steps }: Place): void {
    const [key, value] = entries.type.children as [Field, Field]
    elements.push({ name: last(path), repetition_type: repetition(optional), num_children: 1, ...MAP })
    elements.push({ name: 'key_value', repetition_type: 'REPEATED', num_children: 2 })
    const inner = (child: number): Place => ({
      column,
      path: [...path, 'key_value'],
      steps: [...steps, { kind: 'list', optional, child: 0 }, { kind: 'struct', optional: false, child }],
    })
    addField(key, false, inner(0), 'key')
    addField(value, value.nullable, inner(1), 'value')
  }
}

const LIST = { converted_type: 'LIST', logical_type: { type: 'LIST' } } as const
const MAP = { converted_type: 'MAP', logical_type: { type: 'MAP' } } as const

export function isList(type: DataType): boolean {
  return DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type)
}

/**
 * @throws MillraceError `TYPE_MISMATCH` if the columns of a batch differ from the first one's. Nullability may differ:
 * it is checked by value, against the first schema.
 */
export function checkSameSchema(first: FileSchema, batch: Schema): void {
  const other = fileSchema(batch)
  const columns = Math.max(first.leaves.length, other.leaves.length)
  for (let i = 0; i < columns; i++) {
    const [a, b] = [first.leaves[i], other.leaves[i]]
    if (a === undefined || b === undefined || leafKey(a) !== leafKey(b)) {
      const column = nameOf((a ?? b) as WriteLeaf)
      throw new MillraceError('TYPE_MISMATCH', 'the columns of a batch differ from those of the first batch', {
        position: { column },
      })
    }
  }
}

function leafKey({ column, path, steps, element }: WriteLeaf): string {
  return JSON.stringify([column, path, steps.map(({ kind }) => kind), element])
}

function levelsOf(steps: readonly Step[], optional: boolean): Pick<WriteLeaf, 'maxDefinition' | 'maxRepetition'> {
  let maxDefinition = optional ? 1 : 0
  let maxRepetition = 0
  for (const step of steps) {
    if (step.optional) maxDefinition++
    if (step.kind === 'list') {
      maxDefinition++
      maxRepetition++
    }
  }
  return { maxDefinition, maxRepetition }
}

function repetition(optional: boolean): 'OPTIONAL' | 'REQUIRED' {
  return optional ? 'OPTIONAL' : 'REQUIRED'
}

/** The name of a leaf in messages and options: `address.city`. */
export function nameOf({ path }: WriteLeaf): string {
  return path.join('.')
}

function last(path: readonly string[]): string {
  return path[path.length - 1] as string
}

function checkNames(fields: readonly Field[], parent: string): void {
  const seen = new Set<string>()
  for (const { name } of fields) {
    const position = { column: parent + name }
    if (encodeUtf8(name) === undefined) {
      throw new MillraceError('ENCODING_INVALID', 'a column name holds a lone surrogate: rename the column', {
        position,
      })
    }
    if (seen.has(name)) {
      throw new MillraceError('COLUMN_CONFLICT', 'two columns have this name: rename one of them', { position })
    }
    seen.add(name)
  }
}

function unwritable(type: DataType | string, path: readonly string[]): MillraceError {
  const what = typeof type === 'string' ? type : `type ${String(type)}`
  return new MillraceError(
    'TYPE_MISMATCH',
    `Parquet cannot represent ${what} exactly: cast the column or leave it out`,
    {
      position: { column: path.join('.') },
    },
  )
}

function tooDeep(column: string): never {
  throw new MillraceError('LIMIT_EXCEEDED', `columns may nest ${DEFAULT_LIMITS.maxDepth} levels deep`, {
    position: { column },
  })
}
