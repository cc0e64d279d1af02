import type { Field } from 'apache-arrow'
import { checkTextHead } from '../../input/text-head.ts'
import type { InvalidRow } from '../../invalid-row.ts'
import type { CodecLimits } from '../../limits.ts'
import type { TypedReader } from '../../text/settle-types.ts'
import { jsonBatches } from './json-batches.ts'
import { jsonSurvey } from './json-survey.ts'
import { JSON_ENCODING, type RowPart } from './rows/row-window.ts'
import { KIND, kindOf, newShape } from './types/json-shape.ts'

/** The columns of NDJSON: names, and flags of the values that inference saw in each, null if the type is pinned. */
export interface NdjsonColumns {
  readonly names: readonly string[]
  readonly inference: readonly (number | null)[]
}

/** Options of a part: those of the codec. */
export interface NdjsonPartOptions {
  readonly pins: ReadonlyMap<string, Field>
  readonly limits: CodecLimits
  readonly onInvalidRow: ((row: InvalidRow) => void) | undefined
  /** Position of the part in the file; when absent, the part is the whole file. */
  readonly part?: RowPart
  /** Bytes of the part, if known. */
  readonly bytes?: number | undefined
}

/** A survey of a file in pieces. */
export interface NdjsonRowSurvey {
  /** Survey a piece of whole rows. */
  add(bytes: Uint8Array): void
  /** The columns, after the last piece; undefined if one that is not pinned is nested, which flags cannot describe. */
  columns(): NdjsonColumns | undefined
}

/**
 * Check a file by its first bytes, as reading all of it would: at least 1 KiB, or all. @throws MillraceError
 * `ENCODING_INVALID`, `UNSUPPORTED_FORMAT`.
 */
export function checkNdjsonHead(bytes: Uint8Array): void {
  checkTextHead(bytes, JSON_ENCODING)
}

/** Start a survey of NDJSON in pieces, none of which is held. */
export function ndjsonRowSurvey({ pins, limits }: NdjsonPartOptions): NdjsonRowSurvey {
  const survey = jsonSurvey({
    limits,
    path: [],
    maxRows: Number.POSITIVE_INFINITY,
    pins,
    rejectsRows: true,
    part: { isFirst: true, isLast: true },
  })
  const newline = Buffer.from('\n')
  return {
    add(bytes) {
      survey.push(bytes)
      survey.push(newline)
    },
    columns() {
      const plan = survey.push(undefined)
      const fields = [...(plan?.shape.fields ?? [])].map(([name, { seen }]) => ({
        name,
        flags: pins.has(name) ? null : seen,
      }))
      if (fields.some(({ flags }) => flags !== null && isNested(flags))) return undefined
      return { names: fields.map(({ name }) => name), inference: fields.map(({ flags }) => flags) }
    },
  }
}

function isNested(flags: number): boolean {
  const kind = kindOf(flags)
  return kind === KIND.object || kind === KIND.array
}

/** The reader of a part of NDJSON whose types are known. */
export function ndjsonPartReader(
  { names, inference }: NdjsonColumns,
  { pins, limits, onInvalidRow, part = { isFirst: true, isLast: true }, bytes }: NdjsonPartOptions,
): TypedReader {
  const shape = newShape(new Uint8Array(0))
  shape.fields = new Map()
  for (const [column, name] of names.entries()) {
    const field = newShape(Buffer.from(JSON.stringify(name)).subarray(1))
    field.seen = inference[column] ?? 0
    shape.fields.set(name, field)
  }
  return jsonBatches({ shape, hasAllRows: false }, pins, 0, {
    limits,
    path: [],
    onInvalidRow,
    part,
    ...(bytes !== undefined && { bytes }),
  })
}
