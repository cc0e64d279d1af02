import { type DataType, type Dictionary, Field, type Int32, List, Map_, Struct, Utf8 } from 'apache-arrow'
import { emptyColumnField } from '../../../../columns/empty-column.ts'
import { EXTENSION_KEY, JSON_EXTENSION, UUID_EXTENSION } from '../../../../columns/extension-type.ts'
import type { SchemaElement } from '../footer/file-metadata.ts'
import { exceeded, invalid } from '../invalid.ts'
import { type Int96Unit, type ValueLayout, valueLayout } from './value-layout.ts'

/** A column of the file that holds values: its number, its deepest levels, and the level at which its slots begin. */
export interface Leaf {
  /** Position among all leaves of the schema, the order of the column chunks. */
  readonly index: number
  readonly name: string
  readonly element: SchemaElement
  readonly layout: ValueLayout
  /** Levels at which a value is present. */
  readonly definition: number
  readonly repetition: number
  /** A slot exists from this definition level on: that of the innermost list around it. */
  readonly slotDefinition: number
  readonly alwaysNull: boolean
  /** The type of a column whose dictionaries are kept. */
  readonly kept?: KeptDictionary
}

export type KeptDictionary = Dictionary<DataType, Int32>

/** Mapping of definition and repetition levels to Arrow, after the record shredding of the Dremel paper. */
export type ColumnShape = LeafShape | StructShape | ListShape

export interface LeafShape {
  readonly kind: 'leaf'
  readonly field: Field
  readonly leaf: Leaf
}

export interface StructShape {
  readonly kind: 'struct'
  readonly field: Field
  readonly children: readonly ColumnShape[]
  /** From this definition level on it is not null. */
  readonly definition: number
}

/** A list, or a map as a list of key-value structs. */
export interface ListShape {
  readonly kind: 'list'
  readonly field: Field
  readonly element: ColumnShape
  /** From this definition level on the list is not null. */
  readonly definition: number
  /** From this definition level on the list has an element. */
  readonly elementDefinition: number
  /** The repetition level that means one more element of the same list. */
  readonly repetition: number
}

interface Node {
  readonly element: SchemaElement
  readonly children: readonly Node[]
  readonly definition: number
  readonly repetition: number
  /** Definition level of the innermost repeated node around this one, or of this one if it is repeated. */
  readonly slotDefinition: number
  readonly leafIndex: number
}

export interface FileShape {
  readonly columns: readonly ColumnShape[]
  readonly leafCount: number
  /** Leaves in the schema's list after its root's tree: they belong to no column, but some writers add chunks for them. */
  readonly strayLeaves: number
}

export interface ShapeOptions {
  readonly maxDepth: number
  readonly int96: Int96Unit
}

/** The shape of every top-level column of the file's schema, a depth-first list. */
export function fileShape(schema: readonly SchemaElement[], options: ShapeOptions): FileShape {
  const cursor = { next: 0, leaf: 0 }
  const root = readNode(schema, cursor, undefined, 0, options.maxDepth)
  if (root.element.type !== undefined) throw invalid('the root of the schema is not a group')
  const strayLeaves = schema.slice(cursor.next).filter(({ type }) => type !== undefined).length
  if (strayLeaves > 0 && root.children.length === 0)
    throw invalid('the root of the schema leads to none of its columns')
  return { columns: root.children.map((child) => shapeOf(child, options)), leafCount: cursor.leaf, strayLeaves }
}

function readNode(
  schema: readonly SchemaElement[],
  cursor: { next: number; leaf: number },
  parent: Pick<Node, 'definition' | 'repetition' | 'slotDefinition'> | undefined,
  depth: number,
  maxDepth: number,
): Node {
  const element = schema[cursor.next++]
  if (element === undefined) throw invalid('the schema ends before its last column')
  if (depth > maxDepth) throw exceeded(`columns are nested more than ${maxDepth} deep (limits.maxDepth)`)
  const { repetition: kind } = element
  const above = parent ?? { definition: 0, repetition: 0, slotDefinition: 0 }
  const definition = above.definition + (parent === undefined || kind === 'REQUIRED' ? 0 : 1)
  const repeated = parent !== undefined && kind === 'REPEATED'
  const levels = {
    definition,
    repetition: above.repetition + (repeated ? 1 : 0),
    slotDefinition: repeated ? definition : above.slotDefinition,
  }
  if (element.type !== undefined) return { element, children: [], ...levels, leafIndex: cursor.leaf++ }
  if (element.childCount === 0 && parent !== undefined) throw invalid('a group of the schema has no columns')
  const children: Node[] = []
  for (let i = 0; i < element.childCount; i++) children.push(readNode(schema, cursor, levels, depth + 1, maxDepth))
  return { element, children, ...levels, leafIndex: -1 }
}

/** The shape of a node; one that is repeated without an annotation around it is a list of required elements. */
function shapeOf(node: Node, options: ShapeOptions): ColumnShape {
  if (node.element.repetition !== 'REPEATED') return singleShape(node, options)
  const element = singleShape(node, options)
  const type = new List(new Field('element', element.field.type, false))
  return {
    kind: 'list',
    field: new Field(node.element.name, type, false),
    element,
    definition: node.definition - 1,
    elementDefinition: node.definition,
    repetition: node.repetition,
  }
}

function singleShape(node: Node, options: ShapeOptions): ColumnShape {
  if (node.element.type !== undefined) return leafShape(node, options)
  const [only, ...others] = node.children
  const annotation = node.element.logical?.kind
  if (only?.element.repetition === 'REPEATED' && others.length === 0) {
    if (annotation === 'map' && only.children.length === 2) return mapShape(node, only, options)
    if (annotation === 'map' || annotation === 'list') return annotatedListShape(node, only, options)
  }
  const children = node.children.map((child) => shapeOf(child, options))
  return {
    kind: 'struct',
    field: fieldOf(node, new Struct(children.map(({ field }) => field))),
    children,
    definition: node.definition,
  }
}

function leafShape(node: Node, options: ShapeOptions): LeafShape {
  const { element } = node
  const alwaysNull = element.logical?.kind === 'null'
  const layout = valueLayout(element, options.int96)
  const field = alwaysNull ? emptyColumnField(element.name) : fieldOf(node, layout.type)
  const leaf: Leaf = {
    index: node.leafIndex,
    name: element.name,
    element,
    layout: alwaysNull
      ? { type: new Utf8(), physical: layout.physical, physicalWidth: layout.physicalWidth, width: 0 }
      : layout,
    definition: node.definition,
    repetition: node.repetition,
    slotDefinition: node.slotDefinition,
    alwaysNull,
  }
  return { kind: 'leaf', field, leaf }
}

function mapShape(node: Node, entries: Node, options: ShapeOptions): ListShape {
  const children = entries.children.map((child) => shapeOf(child, options))
  const entriesType = new Struct<{ key: DataType; value: DataType }>(children.map(({ field }) => field))
  const element: StructShape = {
    kind: 'struct',
    field: new Field(entries.element.name, entriesType, false),
    children,
    definition: entries.definition,
  }
  return listOf(node, entries, element, fieldOf(node, new Map_(new Field(entries.element.name, entriesType, false))))
}

/** LIST, with the backward compatibility rules of the format's LogicalTypes.md. */
function annotatedListShape(node: Node, repeated: Node, options: ShapeOptions): ListShape {
  const [only, ...others] = repeated.children
  const isElement =
    only === undefined ||
    others.length > 0 ||
    only.element.repetition === 'REPEATED' ||
    repeated.element.name === 'array' ||
    repeated.element.name === `${node.element.name}_tuple`
  const element = isElement ? singleShape(repeated, options) : shapeOf(only, options)
  const elementField = isElement ? new Field(element.field.name, element.field.type, false) : element.field
  return listOf(node, repeated, element, fieldOf(node, new List(elementField)))
}

function listOf(node: Node, repeated: Node, element: ColumnShape, field: Field): ListShape {
  return {
    kind: 'list',
    field,
    element,
    definition: node.definition,
    elementDefinition: repeated.definition,
    repetition: repeated.repetition,
  }
}

function fieldOf(node: Node, type: DataType): Field {
  const extension = EXTENSIONS.get(node.element.logical?.kind)
  const metadata =
    extension === undefined || type.children?.length > 0 ? undefined : new Map([[EXTENSION_KEY, extension]])
  return new Field(node.element.name, type, node.element.repetition === 'OPTIONAL', metadata)
}

/** Annotations that Arrow's types cannot express: they are kept in the metadata of the field. */
const EXTENSIONS = new Map<string | undefined, string>([
  ['uuid', UUID_EXTENSION],
  ['json', JSON_EXTENSION],
])

/** The leaves of a shape, from left to right. */
export function leavesOf(shape: ColumnShape): Leaf[] {
  if (shape.kind === 'leaf') return [shape.leaf]
  return shape.kind === 'list' ? leavesOf(shape.element) : shape.children.flatMap(leavesOf)
}
