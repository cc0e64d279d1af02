import { DataType, type Field, TimeUnit } from 'apache-arrow'
import type { Cell } from '../../support/arbitrary-table.ts'

/** The JavaScript value that the contract promises for a cell, worked out on another way than the library's readers do. */
export function cellValue(type: DataType, cell: Cell): unknown {
  if (cell === null) return null
  if (DataType.isDictionary(type)) return cellValue(type.dictionary, cell)
  if (DataType.isDate(type)) return new Date(Number(cell) * 86_400_000)
  if (DataType.isTimestamp(type)) return type.unit === TimeUnit.MILLISECOND ? new Date(Number(cell)) : cell
  if (DataType.isTime(type)) {
    const fine = type.unit === TimeUnit.MICROSECOND ? String((cell as bigint) % 1000n).padStart(3, '0') : ''
    const milliseconds = fine === '' ? Number(cell) : Number((cell as bigint) / 1000n)
    return `${new Date(milliseconds).toISOString().slice(11, 23)}${fine}`
  }
  if (DataType.isDecimal(type)) return scaledText(cell as bigint, type.scale)
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    return (cell as Cell[]).map((item) => cellValue((type.children[0] as Field).type, item))
  }
  if (DataType.isStruct(type)) {
    const fields = type.children.map(({ name, type: child }) => [name, cellValue(child, (cell as never)[name])])
    return Object.fromEntries(fields)
  }
  if (DataType.isMap(type)) {
    const [key, value] = (type.children[0] as Field).type.children as [Field, Field]
    return new Map(
      (cell as Cell[][]).map(([k, v]) => [cellValue(key.type, k as Cell), cellValue(value.type, v as Cell)]),
    )
  }
  return cell
}

function scaledText(scaled: bigint, scale: number): string {
  const sign = scaled < 0n ? '-' : ''
  const power = 10n ** BigInt(scale)
  const magnitude = scaled < 0n ? -scaled : scaled
  const whole = `${sign}${magnitude / power}`
  return scale === 0 ? whole : `${whole}.${(magnitude % power).toString().padStart(scale, '0')}`
}

/** Check that a `Map` can hold every map among the cells. */
export function hasRepeatedKeys(type: DataType, cell: Cell): boolean {
  if (cell === null || typeof cell !== 'object' || cell instanceof Uint8Array) return false
  if (DataType.isMap(type)) {
    const pairs = cell as Cell[][]
    const value = ((type.children[0] as Field).type.children as Field[])[1] as Field
    return (
      new Set(pairs.map(([key]) => key)).size < pairs.length ||
      pairs.some((pair) => hasRepeatedKeys(value.type, pair[1] as Cell))
    )
  }
  if (Array.isArray(cell)) return cell.some((item) => hasRepeatedKeys((type.children[0] as Field).type, item))
  return (type.children as Field[]).some((field) => hasRepeatedKeys(field.type, cell[field.name] as Cell))
}
