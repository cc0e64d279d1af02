import { Binary, type Data, DataType, Utf8 } from 'apache-arrow'
import { decodeDictionary } from './decode-dictionary.ts'
import { plainBytes } from './to-hash-column.ts'

/** The type of a column's values: the type of a dictionary's entries, and text and bytes instead of views. */
export function plainType(type: DataType): DataType {
  if (DataType.isDictionary(type)) return plainType(type.dictionary)
  return DataType.isUtf8View(type) ? new Utf8() : DataType.isBinaryView(type) ? new Binary() : type
}

/** Convert to a column of {@link plainType}, whose rows can be joined with those of others. Nested columns are unchanged. */
export function plainColumn(data: Data): Data {
  const { type } = data
  if (DataType.isDictionary(type)) return plainColumn(decodeDictionary(data))
  return DataType.isUtf8View(type) || DataType.isBinaryView(type) ? plainBytes(data) : data
}
