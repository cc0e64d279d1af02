import type { CodecOptions } from '../codecs/codec-for.ts'
import { csvHead, csvRowSurvey } from '../codecs/csv/read/csv-parts.ts'
import { detectCompression, inflate } from '../codecs/input/compression.ts'
import type { ByteSource } from '../codecs/input/source.ts'
import { checkNdjsonHead, ndjsonRowSurvey } from '../codecs/json/read/json-parts.ts'
import { openFile } from '../codecs/parquet/read/footer/read-footer.ts'
import { schemaFields } from '../columns/column-type.ts'
import { concurrently } from './concurrently.ts'
import { type Boundary, csvBoundary } from './csv-boundary.ts'
import { ndjsonBoundary } from './ndjson-boundary.ts'
import { csvSettingsOf, isDivisibleCsv, type ObjectFormat } from './object-format.ts'

/** An object to be planned: what it is, and how to read it. */
export interface PlannedObject extends ObjectFormat {
  readonly source: ByteSource
  readonly size: number
  /** Bytes of a split. */
  readonly targetBytes: number
  readonly probeBytes: number
  /** True for an object that is to be one split, whatever it is. */
  readonly isWhole: boolean
}

/** A part of an object. */
export interface Part {
  readonly start: number
  readonly end: number
  readonly rowGroups?: readonly [number, number]
}

/** Parts of an object, and its columns. */
export interface ObjectPlan {
  readonly parts: readonly Part[]
  readonly columns?: PartColumns
}

/** Columns of an object, by what its samples hold. */
export interface PartColumns {
  readonly names: readonly string[]
  /** Flags of what inference saw in each, null where the type is pinned. */
  readonly inference: readonly (number | null)[]
  /** Of CSV: the delimiter that the file names itself. */
  readonly delimiter?: string
}

/** Objects up to this size are read once, instead of by probes. */
const SMALL_OBJECT_BYTES = 4 * 1024 * 1024
const PROBES_AT_ONCE = 8
/** Bytes of rows at an object's head that are surveyed. */
const HEAD_BYTES = 1024 * 1024

/** Divide an object into parts by what it is. */
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
  const parts = await planParts(object, rowsAt, findBoundary, survey.add)
  // A file without any row is an error, which no part of it could tell.
  return survey.hasRows ? { parts, columns: columnsOf() } : whole(object, columnsOf())
}

/** The end of the last line but one: rows that the head cuts off are left out, and so is one with a quoted line break that it may have cut. */
function lastLine(rows: Uint8Array): number {
  return rows.lastIndexOf(0x0a) + 1
}

async function planJson(object: PlannedObject, options: CodecOptions): Promise<ObjectPlan> {
  const { bytes, isWhole } = await headOf(object)
  const first = bytes.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf)
  const isLines = first === 0x7b && (options.rows ?? []).length === 0
  if (!isLines) return whole(object)
  // Once, as the file is judged as a whole: its first split may be a few bytes.
  checkNdjsonHead(bytes)
  const { limits = {} } = options
  const part = { pins: schemaFields(options.schema), limits, onInvalidRow: undefined }
  const head = isWhole ? bytes : bytes.subarray(0, ndjsonBoundary(bytes)?.sampleEnd ?? 0)
  if (head.length === 0) return whole(object)
  const survey = ndjsonRowSurvey(part)
  survey.add(head)
  if (object.isWhole || object.compression !== undefined) return whole(object, survey.columns())
  const parts = await planParts(object, 0, ndjsonBoundary, survey.add)
  const columns = survey.columns()
  return columns === undefined ? whole(object) : { parts, columns }
}

/**
 * Find the boundaries of an object of text.
 *
 * @param rowsAt - where its first row begins.
 * @param addSample - gets rows at each boundary, in their order, so that a plan depends on the object alone.
 */
async function planParts(
  { source, size, targetBytes, probeBytes }: PlannedObject,
  rowsAt: number,
  findBoundary: (probe: Uint8Array, isEnd: boolean) => Boundary | undefined,
  addSample: (rows: Uint8Array) => void,
): Promise<Part[]> {
  const aims: number[] = []
  for (let at = targetBytes; at < size; at += targetBytes) if (at > rowsAt) aims.push(at)
  const parts: Part[] = []
  let start = 0
  const add = (at: number, sample: Uint8Array): void => {
    if (at <= start || at <= rowsAt) return
    parts.push({ start, end: at })
    addSample(sample)
    start = at
  }
  /** Probes that were found out of order. */
  const early = new Map<number, (() => void) | undefined>()
  let next = 0
  await concurrently(aims, PROBES_AT_ONCE, async (aim, index) => {
    const end = Math.min(aim + probeBytes, size)
    // The line break before a row that begins at the aim is needed to see it.
    const from = aim - 1
    const probe = await source.read(from, end)
    const boundary = findBoundary(probe, end === size)
    const sample = boundary && probe.slice(boundary.at, boundary.sampleEnd)
    early.set(index, sample && (() => add(from + boundary.at, sample)))
    for (; early.has(next); next++) {
      early.get(next)?.()
      early.delete(next)
    }
  })
  parts.push({ start, end: size })
  return parts
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

/** The first bytes of an object, inflated. */
async function headOf({ source, size, compression }: PlannedObject): Promise<{ bytes: Uint8Array; isWhole: boolean }> {
  if (compression === undefined) {
    const bytes = await source.read(0, Math.min(HEAD_BYTES, size))
    return { bytes, isWhole: bytes.length === size }
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of inflated(source.stream(), compression)) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= HEAD_BYTES) return { bytes: Buffer.concat(chunks), isWhole: false }
  }
  return { bytes: Buffer.concat(chunks), isWhole: true }
}

/** Inflate a stream; `auto` detects the compression by the first bytes. */
export async function* inflated(
  chunks: AsyncIterable<Uint8Array>,
  compression: 'gzip' | 'zstd' | 'auto' | undefined,
  maxBytes = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  if (compression === undefined) yield* chunks
  else if (compression !== 'auto') yield* inflate(compression, maxBytes)(chunks)
  else {
    const detected = await detectCompression(chunks)
    yield* detected.found === undefined ? detected.chunks : inflate(detected.found, maxBytes)(detected.chunks)
  }
}

async function heldSource({ source, size }: PlannedObject): Promise<ByteSource> {
  const bytes = await source.read(0, size)
  return {
    size,
    async *stream({ start, end = size } = { start: 0 }) {
      yield bytes.subarray(start, end)
    },
    read: async (start, end) => bytes.subarray(start, end),
  }
}
