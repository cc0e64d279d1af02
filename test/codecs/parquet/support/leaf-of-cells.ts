import { type DataType, Field, Schema } from 'apache-arrow'
import { fileSchema, type WriteLeaf } from '../../../../src/codecs/parquet/write/file-schema.ts'
import {
  appendValues,
  emptyValues,
  type LeafValues,
  useValues,
} from '../../../../src/codecs/parquet/write/leaf-values.ts'
import { appendLevels, emptyLevels, type Levels } from '../../../../src/codecs/parquet/write/levels.ts'
import { type WriteKernel, writeKernel } from '../../../../src/codecs/parquet/write/write-kernel.ts'
import { type Cell, dataOf } from '../../../support/arbitrary-table.ts'

export interface WrittenLeaf {
  readonly kernel: WriteKernel
  readonly leaf: WriteLeaf
  readonly levels: Levels
  readonly values: LeafValues
}

/** The levels and values of a column of cells, as a row group collects them. */
export function collected(type: DataType, cells: readonly Cell[], nullable = true): WrittenLeaf {
  const [leaf] = fileSchema(new Schema([new Field('c', type, nullable)])).leaves as [WriteLeaf]
  const kernel = writeKernel()
  const levels = emptyLevels()
  const values = emptyValues(kernel, leaf.physical, cells.length)
  const refuse = (): never => {
    throw new Error('a cell does not fit its column')
  }
  appendValues(values, appendLevels(kernel, levels, leaf, dataOf(type, cells), refuse), refuse)
  useValues(values)
  return { kernel, leaf, levels, values }
}
