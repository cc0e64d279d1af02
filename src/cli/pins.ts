import type { FileHead } from './file-head.ts'
import { isCsv } from './format-of.ts'
import type { Pin } from './pin.ts'
import type { Survey, SurveyedColumn } from './survey.ts'
import { textHint } from './text-hint.ts'

/** A surveyed text file. */
export interface FoundFile {
  readonly format: string
  /** Its columns, inferred from all rows. */
  readonly survey: Survey
  /** Its columns inferred from the first rows only, as for a stream, if different. */
  readonly firstRows: Survey | undefined
  readonly head: FileHead
  /** The compression according to its name. */
  readonly named: FileHead['compression']
  /** Options that the user has set. */
  readonly given: ReadonlySet<string>
}

/** Options that a handler for such files must set, so that it reads all of them with the same types. */
export function pinsOf(file: FoundFile): readonly Pin[] {
  const columns = file.survey.columns.flatMap((column) => columnPin(column, file) ?? [])
  return [...filePins(file), ...columns]
}

function columnPin(column: SurveyedColumn, { survey, firstRows, format, given }: FoundFile): Pin | undefined {
  const { name, type, nulls, sample } = column
  const early = firstRows?.columns.find((other) => other.name === name)
  if (firstRows !== undefined && early === undefined) {
    return { column: name, type, why: 'none of the rows used for inference has it' }
  }
  if (early !== undefined && early.type !== type) {
    return { column: name, type, why: `the rows used for inference are ${early.type}, but later ones do not fit` }
  }
  if (type === 'string' && survey.rows > 0 && nulls === survey.rows) {
    return { column: name, type, why: 'it has no value: the next file may have another type' }
  }
  if (type === 'json' && !given.has('schema')) {
    return {
      column: name,
      type,
      why: 'values of several kinds, or numbers that no type represents: as string they are rejected',
    }
  }
  const hint = isCsv(format) ? textHint(sample) : undefined
  return hint && { column: name, ...hint }
}

function filePins({ format, survey, head, named, given }: FoundFile): readonly Pin[] {
  const pins: Pin[] = []
  if (head.compression !== named && !given.has('compression')) {
    pins.push({
      option: 'compression',
      value: head.compression,
      why: `the name means ${named}, but the bytes are ${head.compression}`,
    })
  }
  if (head.encoding !== undefined && isCsv(format) && !given.has('encoding')) {
    pins.push({ option: 'encoding', value: head.encoding, why: 'it begins with that byte order mark' })
  }
  if (survey.refused.byCode['ENCODING_INVALID'] !== undefined && isCsv(format) && !given.has('encoding')) {
    pins.push({ option: 'encoding', why: 'rows are not UTF-8: set their encoding, such as windows-1252' })
  }
  const [only, ...others] = survey.columns
  const delimiter = others.length > 0 ? undefined : [';', '\t', '|'].find((mark) => only?.name.includes(mark))
  if (isCsv(format) && delimiter !== undefined && !given.has('delimiter')) {
    pins.push({ option: 'delimiter', value: delimiter, why: 'the header is a single name that contains it' })
  }
  return pins
}
