import { type Data, DataType, type RecordBatch } from 'apache-arrow'

/**
 * Bytes that a batch takes until it is written: its Arrow buffers, only its own part of shared ones, and a copy of the largest column. A dictionary
 * counts by its indexes.
 */
export function bytesToWrite(batch: RecordBatch): number {
  let sum = 0
  let largest = 0
  for (const data of batch.data.children) {
    const bytes = dataBytes(data, 0, data.length)
    sum += bytes
    largest = Math.max(largest, bytes)
  }
  return sum + largest
}

function dataBytes(data: Data, start: number, end: number): number {
  const { type, valueOffsets, values, children } = data
  const rows = end - start
  if (rows <= 0 || DataType.isNull(type)) return 0
  if (DataType.isStruct(type)) return children.reduce((sum, child) => sum + dataBytes(child, start, end), rows)
  if (DataType.isFixedSizeList(type)) {
    return rows + dataBytes(children[0] as Data, start * type.listSize, end * type.listSize)
  }
  if (valueOffsets !== undefined) {
    const offsets: Int32Array | BigInt64Array = valueOffsets
    const [from, to] = [Number(offsets[start]), Number(offsets[end])]
    return rows * 4 + (children[0] === undefined ? to - from : dataBytes(children[0], from, to))
  }
  if (DataType.isBool(type)) return rows / 8
  if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) return viewBytes(data, start, end)
  return rows * data.stride * (values?.BYTES_PER_ELEMENT ?? 0)
}

function viewBytes({ values }: Data, start: number, end: number): number {
  const views = new DataView(values.buffer, values.byteOffset)
  let bytes = 0
  for (let i = start; i < end; i++) bytes += 4 + views.getInt32(i * 16, true)
  return bytes
}
