import { type Data, type DataType, makeData } from 'apache-arrow'
import { invalid } from '../invalid.ts'
import { type ColumnShape, type Leaf, type ListShape, leavesOf, type StructShape } from '../schema/schema-shape.ts'
import type { LeafBatch, LeafReader } from './leaf-reader.ts'

/** Reads one top-level column of a row group, batch by batch. */
export interface ColumnReader {
  /** As {@link LeafReader.ahead}. */
  ahead(rows: number): Promise<number>
  take(rows: number): Data
}

export function columnReader(shape: ColumnShape, open: (leaf: Leaf) => LeafReader): ColumnReader {
  const leaves = leavesOf(shape).map((leaf) => ({ leaf, reader: open(leaf) }))
  return {
    async ahead(rows) {
      for (const { reader } of leaves) rows = await reader.ahead(rows)
      return rows
    },
    take(rows) {
      const batches = new Map(leaves.map(({ leaf, reader }) => [leaf.index, reader.take(rows)]))
      return assemble(shape, batches, ROOT)
    },
  }
}

/** The list around a shape: its slots begin at this repetition level and exist from this definition level on. */
interface Around {
  readonly definition: number
  readonly repetition: number
}

const ROOT: Around = { definition: 0, repetition: 0 }

/** Builds Arrow columns bottom-up: values come from the leaves, offsets and validity from the levels of the first leaf below. */
function assemble(shape: ColumnShape, batches: ReadonlyMap<number, LeafBatch>, around: Around): Data {
  if (shape.kind === 'leaf') return batchOf(shape.leaf, batches).data
  // Every group of a schema has a leaf.
  const [first] = leavesOf(shape) as [Leaf]
  const levels = batchOf(first, batches)
  return shape.kind === 'struct' ? structData(shape, batches, levels, around) : listData(shape, batches, levels, around)
}

function batchOf(leaf: Leaf, batches: ReadonlyMap<number, LeafBatch>): LeafBatch {
  return batches.get(leaf.index) as LeafBatch
}

function structData(
  shape: StructShape,
  batches: ReadonlyMap<number, LeafBatch>,
  { definitions, repetitions }: LeafBatch,
  around: Around,
): Data {
  const children = shape.children.map((child) => assemble(child, batches, around))
  const { length } = children[0] as Data
  if (children.some((child) => child.length !== length))
    throw invalid('the columns of a struct have different numbers of values')
  const type = shape.field.type
  if (shape.definition === around.definition) return makeNested({ type, length, nullCount: 0, children })
  const bitmap = new Uint8Array((length + 7) >> 3)
  let slot = 0
  let valid = 0
  for (let i = 0; i < definitions.length; i++) {
    const definition = definitions[i] as number
    if (definition < around.definition || (repetitions[i] as number) > around.repetition) continue
    if (definition >= shape.definition) {
      bitmap[slot >> 3] = (bitmap[slot >> 3] as number) | (1 << (slot & 7))
      valid++
    }
    slot++
  }
  return makeNested({
    type,
    length,
    nullCount: length - valid,
    nullBitmap: valid === length ? undefined : bitmap,
    children,
  })
}

function listData(
  shape: ListShape,
  batches: ReadonlyMap<number, LeafBatch>,
  { definitions, repetitions }: LeafBatch,
  around: Around,
): Data {
  const inside: Around = { definition: shape.elementDefinition, repetition: shape.repetition }
  const element = assemble(shape.element, batches, inside)
  const offsets = new Int32Array(definitions.length + 1)
  const bitmap = new Uint8Array((definitions.length + 7) >> 3)
  let lists = 0
  let elements = 0
  let valid = 0
  for (let i = 0; i < definitions.length; i++) {
    const definition = definitions[i] as number
    const repetition = repetitions[i] as number
    if (definition < around.definition || repetition > shape.repetition) continue
    if (repetition < shape.repetition) {
      // No repetition level lies between the two: the shapes in between are not lists.
      offsets[lists] = elements
      if (definition >= shape.definition) {
        bitmap[lists >> 3] = (bitmap[lists >> 3] as number) | (1 << (lists & 7))
        valid++
      }
      lists++
    }
    if (definition >= shape.elementDefinition) elements++
  }
  offsets[lists] = elements
  return makeNested({
    type: shape.field.type,
    length: lists,
    nullCount: lists - valid,
    nullBitmap: valid === lists ? undefined : bitmap.subarray(0, (lists + 7) >> 3),
    valueOffsets: offsets.slice(0, lists + 1),
    children: [element],
  })
}

interface NestedProps {
  readonly type: DataType
  readonly length: number
  readonly nullCount: number
  readonly nullBitmap?: Uint8Array | undefined
  readonly valueOffsets?: Int32Array
  readonly children: readonly Data[]
}

/** Arrow's `makeData` accepts the props of every type, but declares an overload for each. */
function makeNested({ children, ...props }: NestedProps): Data {
  const nested = props.valueOffsets === undefined ? { children } : { child: children[0] }
  return makeData({ ...props, ...nested } as never)
}
