import { type RawStruct, rawInt, rawList, rawStructs } from '../../codecs/parquet/read/footer/raw-thrift.ts'

/**
 * Faults of old writers that readers recognize by the writer's name, which the merged file no longer has: with another
 * name the same bytes would be misread, or not read.
 */
export interface WriterFault {
  readonly rule: string
  /** Test by its metadata whether a column chunk has the fault. */
  holds(metadata: RawStruct): boolean
}

const DELTA_BYTE_ARRAY = 7
const DATA_PAGE_V2 = 3
const UNCOMPRESSED = 0

/** The known faults of a file's writer. */
export function writerFaults(createdBy: string): readonly WriterFault[] {
  return FAULTS.filter(({ writer, before }) => isBefore(createdBy, writer, before))
}

const FAULTS: readonly (WriterFault & { readonly writer: string; readonly before: readonly number[] })[] = [
  {
    writer: 'parquet-mr',
    before: [1, 2, 9],
    rule: 'parquet-mr before 1.2.9 wrote wrong sizes of column chunks',
    holds: () => true,
  },
  {
    writer: 'parquet-mr',
    before: [1, 8, 0],
    rule: 'parquet-mr before 1.8.0 wrote DELTA_BYTE_ARRAY pages that depend on each other',
    holds: (metadata) =>
      (rawList(metadata.get(2))?.items ?? []).some((item) => (item[0] ?? 0) >> 1 === DELTA_BYTE_ARRAY),
  },
  {
    writer: 'parquet-cpp',
    before: [2, 0, 0],
    rule: 'parquet-cpp before 2.0.0 marked compressed pages of version 2 as uncompressed',
    holds: (metadata) =>
      rawInt(metadata.get(4)) !== UNCOMPRESSED &&
      (rawStructs(metadata.get(13)) ?? []).some((stats) => rawInt(stats.get(1)) === DATA_PAGE_V2),
  },
]

/** `parquet-mr version 1.2.8 (build ...)`; a writer without a version counts as older than any with one. */
function isBefore(createdBy: string, writer: string, before: readonly number[]): boolean {
  const [, name, version = ''] = /^(\S+)(?: version (\d+(?:\.\d+)*))?/.exec(createdBy) ?? []
  if (name !== writer) return false
  const parts = version.split('.').map(Number)
  for (const [index, limit] of before.entries()) {
    const part = parts[index] ?? 0
    if (part !== limit) return part < limit
  }
  return false
}
