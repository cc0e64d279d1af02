import { Dictionary as DictionaryType, Field, Int32, makeData, Vector } from 'apache-arrow'
import {
  type ByteValues,
  byteValues,
  type Dictionary,
  fixedValues,
  int32View,
  reserve,
  reserveBytes,
  usedBytes,
} from '../bytes/value-buffers.ts'
import type { RowGroup } from '../footer/file-metadata.ts'
import { invalid } from '../invalid.ts'
import type { ColumnShape, KeptDictionary, Leaf } from '../schema/schema-shape.ts'
import { columnData } from './column-data.ts'
import { type Collector, spreadNulls } from './flat-leaf-reader.ts'
import type { LeafLimits } from './leaf-reader.ts'

/** Flat byte string columns that have a dictionary in every row group, as columns of Arrow dictionaries. */
export function keepDictionaries(shapes: readonly ColumnShape[], groups: readonly RowGroup[]): ColumnShape[] {
  return shapes.map((shape) => {
    if (shape.kind !== 'leaf' || shape.leaf.alwaysNull || shape.leaf.layout.width !== 0) return shape
    const { leaf, field } = shape
    const hasDictionary = groups.every(({ rows, chunks }) => rows === 0 || chunks[leaf.index]?.hasDictionary === true)
    if (!hasDictionary) return shape
    const kept: KeptDictionary = new DictionaryType(field.type, new Int32())
    return { kind: 'leaf', field: new Field(field.name, kept, field.nullable, field.metadata), leaf: { ...leaf, kept } }
  })
}

/**
 * Collects indexes into the dictionary of one column chunk. If the writer abandoned its dictionary and continued with
 * plain pages, their values are appended to it, for that batch only.
 */
export function dictionaryCollectors(
  leaf: Leaf,
  type: KeptDictionary,
  limits: LeafLimits,
): (rows: number) => Collector {
  let chunkDictionary: ByteValues | undefined
  let chunkVector: Vector | undefined

  function vectorOf(values: ByteValues, firstRow: number, checked: boolean): Vector {
    const check = { needed: !checked, rowOf: () => firstRow, maxFieldBytes: limits.maxFieldBytes }
    return new Vector([columnData(leaf, values, { bitmap: undefined, nulls: 0 }, check)])
  }

  return (rows) => {
    const indexes = fixedValues(4, rows)
    let extra: ByteValues | undefined
    let used: Dictionary | undefined

    function appendPlain(present: number): void {
      const first = (chunkDictionary?.count ?? 0) + (extra?.count ?? 0) - present
      const target = int32View(indexes.bytes)
      for (let i = 0; i < present; i++) target[indexes.count + i] = first + i
      indexes.count += present
    }

    return {
      append(page, present) {
        used = page.dictionary ?? used
        if (page.chunkDictionary?.values.kind === 'bytes') chunkDictionary = page.chunkDictionary.values
        if (page.dictionary !== undefined) page.values.read(present, indexes)
        else if (present > 0) {
          extra ??= byteValues(rows, limits.maxRowBytes)
          page.values.read(present, extra)
          appendPlain(present)
        }
      },
      finish(slots, bitmap, firstRow) {
        const { nulls, ...validity } = spreadNulls(indexes, slots, bitmap)
        const checked = used?.checked ?? true
        if (chunkVector === undefined || extra !== undefined) {
          const base = chunkDictionary ?? byteValues(0)
          const vector = vectorOf(
            extra === undefined ? base : joined(base, extra),
            firstRow,
            checked && extra === undefined,
          )
          if (extra !== undefined) return keptData(type, indexes.bytes, slots, nulls, validity.bitmap, vector)
          chunkVector = vector
        }
        return keptData(type, indexes.bytes, slots, nulls, validity.bitmap, chunkVector)
      },
    }
  }
}

function keptData(
  type: KeptDictionary,
  data: Uint8Array,
  length: number,
  nullCount: number,
  nullBitmap: Uint8Array | undefined,
  dictionary: Vector,
) {
  if (data.length < 4 * length) throw invalid('a batch of a dictionary column is shorter than its rows')
  return makeData({ type, length, nullCount, nullBitmap, data, dictionary } as never)
}

function joined(first: ByteValues, second: ByteValues): ByteValues {
  const out = byteValues(first.count + second.count)
  for (const part of [first, second]) {
    reserve(out, part.count)
    const at = reserveBytes(out, usedBytes(part))
    out.bytes.set(part.bytes.subarray(0, usedBytes(part)), at)
    for (let i = 1; i <= part.count; i++) out.offsets[out.count + i] = at + (part.offsets[i] as number)
    out.count += part.count
  }
  return out
}
