import { DataType, type Schema } from 'apache-arrow'
import { fillNulls } from '../../src/transform/fill-nulls.ts'
import { transformLaws } from './support/transform-laws.ts'

transformLaws('fillNulls', fillsFor)

function fillsFor({ fields }: Schema) {
  return fillNulls(Object.fromEntries(fields.map(({ name, type }) => [name, fillFor(type)])))
}

function fillFor(type: DataType): unknown {
  if (DataType.isDictionary(type)) return fillFor(type.dictionary)
  if (DataType.isBool(type)) return true
  if (DataType.isInt(type) || DataType.isDecimal(type)) return 0
  if (DataType.isFloat(type)) return () => 0.5
  if (DataType.isUtf8(type)) return 'unknown'
  if (DataType.isTimestamp(type)) return () => new Date('2024-02-29T23:59:59.123Z')
  if (DataType.isDate(type)) return new Date('2024-02-29')
  return DataType.isBinary(type) ? new Uint8Array([1, 2]) : null
}
