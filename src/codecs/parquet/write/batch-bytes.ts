import { type Data, DataType, type RecordBatch } from 'apache-arrow'

/** Bytes of Arrow buffers that a batch occupies, counting only its own part of shared buffers. A dictionary counts by its indexes. */
export function batchBytes(batch: RecordBatch): number {
  return batch.data.children.reduce((sum, data) => sum + dataBytes(data, 0, data.length), 0)
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
