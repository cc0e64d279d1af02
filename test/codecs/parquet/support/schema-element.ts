import type { SchemaElement } from '../../../../src/codecs/parquet/read/footer/file-metadata.ts'
import {
  type ColumnShape,
  fileShape,
  type Leaf,
  leavesOf,
} from '../../../../src/codecs/parquet/read/schema/schema-shape.ts'

export const SHAPE_OPTIONS = { maxDepth: 64, int96: 'ns' } as const

/** An element of a footer's schema: a required column named `a`, or what is told of it. */
export function schemaElement(told: Partial<SchemaElement>): SchemaElement {
  return {
    name: 'a',
    type: undefined,
    typeLength: 0,
    repetition: 'REQUIRED',
    childCount: 0,
    logical: undefined,
    ...told,
  }
}

/** The shapes of top-level columns. */
export function shapesOf(elements: readonly Partial<SchemaElement>[], columns: number): readonly ColumnShape[] {
  const root = schemaElement({ name: 'root', childCount: columns })
  return fileShape([root, ...elements.map(schemaElement)], SHAPE_OPTIONS).columns
}

/** The only leaf of a column of one element. */
export function leafOf(told: Partial<SchemaElement>): Leaf {
  const [leaf] = shapesOf([told], 1).flatMap(leavesOf)
  if (leaf === undefined) throw new Error('the element is no column')
  return leaf
}
