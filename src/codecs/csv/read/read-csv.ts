import type { RecordBatch, Table } from 'apache-arrow'
import type { CodecInput } from '../../codec.ts'
import { readTyped, readTypedTable, type TypedFormat } from '../../text/settle-types.ts'
import type { CsvSettings } from '../csv-options.ts'
import type { TablePlan } from './columns/column-plan.ts'
import { csvBatches } from './csv-batches.ts'
import { csvSurvey } from './types/csv-survey.ts'

/** Read a stream, with types inferred from its first `inferRows` rows. */
export function readCsv(input: CodecInput, settings: CsvSettings): AsyncGenerator<RecordBatch> {
  return readTyped(input, csvFormat(settings), settings.inferRows, settings.onInvalidRow)
}

/** Read a whole table, with types inferred from all of its rows. */
export function readCsvTable(bytes: Uint8Array, settings: CsvSettings): Table {
  return readTypedTable(bytes, csvFormat(settings), settings.onInvalidRow)
}

function csvFormat({ layout, typing }: CsvSettings): TypedFormat<TablePlan> {
  return {
    survey: (maxRows, maxCells) => csvSurvey(layout, typing, maxRows, maxCells),
    read: (plan, unsureRows, onInvalidRow) => csvBatches(plan, layout, typing, unsureRows, onInvalidRow),
  }
}
