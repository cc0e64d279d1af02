import type { CodecOptions } from '../codecs/codec-for.ts'
import { csvHead, csvRowSurvey } from '../codecs/csv/read/csv-parts.ts'
import { checkNdjsonHead, ndjsonRowSurvey } from '../codecs/json/read/json-parts.ts'
import { openFile } from '../codecs/parquet/read/footer/read-footer.ts'
import { schemaFields } from '../columns/column-type.ts'
import { csvBoundary } from './csv-boundary.ts'
import { ndjsonBoundary } from './ndjson-boundary.ts'
import { headOf, heldSource } from './object-bytes.ts'
import { csvSettingsOf, isDivisibleCsv } from './object-format.ts'
import type { ObjectPlan, Part, PartColumns, PlannedObject } from './planned-object.ts'
import { textParts } from './text-parts.ts'

/** Objects up to this size are read once, instead of with probes. */
const SMALL_OBJECT_BYTES = 4 * 1024 * 1024

/** Split an object into parts by its format. */
export async function planObject(object: PlannedObject, options: CodecOptions): Promise<ObjectPlan> {
  if (object.format === 'parquet') return planParquet(object, options)
  if (object.size === 0) return whole(object)
  const source = object.size <= SMALL_OBJECT_BYTES ? await heldSource(object) : object.source
  const held = { ...object, source }
  return object.format === 'csv' || object.format === 'tsv' ? planCsv(held, options) : planJson(held, options)
}

function whole({ size }: PlannedObject, columns?: PartColumns | undefined): ObjectPlan {
  return { parts: [{ start: 0, end: size }], ...(columns !== undefined && { columns }) }
}

async function planCsv(object: PlannedObject, options: CodecOptions): Promise<ObjectPlan> {
  const settings = csvSettingsOf(object.format, options)
  const { bytes, isWhole } = await headOf(object)
  const head = csvHead(bytes, isWhole, settings)
  if (head === undefined) return whole(object)
  const { names, delimiter, rows, rowsAt } = head
  const { layout } = settings
  const named = { ...settings, layout: { ...layout, dialect: { ...layout.dialect, delimiter } } }
  const survey = csvRowSurvey(names, named)
  const columnsOf = (): PartColumns => ({
    names,
    inference: survey.flags(),
    ...(delimiter !== layout.dialect.delimiter && { delimiter }),
  })
  survey.add(isWhole ? rows : rows.subarray(0, lastLine(rows)))
  if (object.isWhole || object.compression !== undefined || !isDivisibleCsv(named)) return whole(object, columnsOf())
  const findBoundary = (probe: Uint8Array, isEnd: boolean) => csvBoundary(probe, isEnd, named, names.length)
  const parts = await textParts(object, rowsAt, findBoundary, survey.add)
  // A file without rows is an error, which no single part could detect.
  return survey.hasRows ? { parts, columns: columnsOf() } : whole(object, columnsOf())
}

/** The end of the last line but one: excludes rows cut off by the head, and one that it may have cut at a quoted line break. */
function lastLine(rows: Uint8Array): number {
  return rows.lastIndexOf(0x0a) + 1
}

async function planJson(object: PlannedObject, options: CodecOptions): Promise<ObjectPlan> {
  const { bytes, isWhole } = await headOf(object)
  const first = bytes.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf)
  const isLines = first === 0x7b && (options.rows ?? []).length === 0
  if (!isLines) return whole(object)
  // Once for the whole file: its first split may have only a few bytes.
  checkNdjsonHead(bytes)
  const { limits = {} } = options
  const part = { pins: schemaFields(options.schema), limits, onInvalidRow: undefined }
  const head = isWhole ? bytes : bytes.subarray(0, ndjsonBoundary(bytes)?.sampleEnd ?? 0)
  if (head.length === 0) return whole(object)
  const survey = ndjsonRowSurvey(part)
  survey.add(head)
  if (object.isWhole || object.compression !== undefined) return whole(object, survey.columns())
  const parts = await textParts(object, 0, ndjsonBoundary, survey.add)
  const columns = survey.columns()
  return columns === undefined ? whole(object) : { parts, columns }
}

async function planParquet(
  { source, size, targetBytes, isWhole, compression }: PlannedObject,
  options: CodecOptions,
): Promise<ObjectPlan> {
  if (compression !== undefined) return { parts: [{ start: 0, end: size }] }
  const { metadata, dataEnd } = await openFile(source, options.limits ?? {})
  const groups = metadata.rowGroups.map(({ chunks }) => ({
    start: Math.min(...chunks.map((chunk) => chunk.start)),
    bytes: chunks.reduce((sum, chunk) => sum + chunk.end - chunk.start, 0),
  }))
  const parts: Part[] = []
  let from = 0
  let bytes = 0
  for (const [index, group] of groups.entries()) {
    bytes += group.bytes
    const isFull = bytes >= targetBytes && !isWhole
    if (!isFull && index + 1 < groups.length) continue
    const start = parts.at(-1)?.end ?? 0
    const next = groups[index + 1]
    parts.push({
      start,
      end: next === undefined ? size : Math.max(start, Math.min(next.start, dataEnd)),
      rowGroups: [from, index + 1],
    })
    from = index + 1
    bytes = 0
  }
  return { parts: parts.length === 0 ? [{ start: 0, end: size, rowGroups: [0, 0] }] : parts }
}
