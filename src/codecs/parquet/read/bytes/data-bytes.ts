import { type Data, type DataType, makeData } from 'apache-arrow'

/** Bytes that a column holds in its buffers; dictionaries, which batches share, are not counted. */
export function dataBytes(data: Data): number {
  let bytes = data.nullBitmap?.byteLength ?? 0
  bytes += data.valueOffsets?.byteLength ?? 0
  bytes += data.values?.byteLength ?? 0
  for (const child of data.children) bytes += dataBytes(child)
  return bytes
}

/** A column without rows. */
export function emptyData(type: DataType): Data {
  const children = (type.children ?? []).map((field: { type: DataType }) => emptyData(field.type))
  const props = { type, length: 0, nullCount: 0, valueOffsets: new Int32Array(1), children, child: children[0] }
  return makeData({ ...props, data: new Uint8Array(0) } as never)
}
