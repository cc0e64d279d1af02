import type { Field, RecordBatch, Table } from 'apache-arrow'
import type { CodecInput } from '../../codec.ts'
import type { InvalidRow } from '../../invalid-row.ts'
import type { CodecLimits } from '../../limits.ts'
import { readTyped, readTypedTable, type TypedFormat } from '../../text/settle-types.ts'
import { jsonBatches } from './json-batches.ts'
import { jsonSurvey } from './json-survey.ts'
import type { JsonPlan } from './types/json-plan.ts'

/** The resolved options of reading. */
export interface JsonReading {
  /** Fields whose type is pinned, by name. */
  readonly pins: ReadonlyMap<string, Field>
  /** The keys that lead to the array of rows. */
  readonly path: readonly string[]
  readonly inferRows: number
  readonly limits: CodecLimits
  readonly onInvalidRow: ((row: InvalidRow) => void) | undefined
}

/** Read a stream, with types inferred from its first `inferRows` rows. */
export function readJson(input: CodecInput, reading: JsonReading): AsyncGenerator<RecordBatch> {
  return readTyped(input, jsonFormat(reading), reading.inferRows, reading.onInvalidRow)
}

/** Read a whole table, with types inferred from all of its rows. */
export function readJsonTable(bytes: Uint8Array, reading: JsonReading): Table {
  return readTypedTable(bytes, jsonFormat(reading), reading.onInvalidRow)
}

function jsonFormat({ pins, path, limits, onInvalidRow }: JsonReading): TypedFormat<JsonPlan> {
  return {
    survey: (maxRows) => jsonSurvey({ limits, path, maxRows, pins, rejectsRows: onInvalidRow !== undefined }),
    read: (plan, unsureRows, onInvalidRow) => jsonBatches(plan, pins, unsureRows, { limits, path, onInvalidRow }),
  }
}
