import { type CastingContext, type CsvError, type Info, Parser } from 'csv-parse'
import { MillraceError } from '../../../../errors.ts'
import type { CsvSettings } from '../../csv-options.ts'
import { FAULT } from './row-index.ts'

/** The parser inside csv-parse's stream, which takes and gives without waiting, so that it serves whole tables too. */
export interface DialectEngine {
  parse(
    chunk: Buffer | undefined,
    isLast: boolean,
    push: (record: { record: string[]; info: Info }) => void,
    close: () => void,
  ): CsvError | undefined
}

/**
 * csv-parse for a dialect, over UTF-8 taken as Latin-1. Fields come with a quote before those that were quoted and a space before the others.
 *
 * @throws MillraceError `OPTION_INVALID` where csv-parse does not take the dialect.
 */
export function dialectEngine(settings: CsvSettings): DialectEngine {
  const { delimiter, quote, comment, maxRowBytes } = settings
  try {
    const parser = new Parser({
      encoding: 'latin1',
      delimiter: latin1(delimiter),
      quote: quote === false ? null : latin1(quote),
      escape: quote === false ? null : latin1(settings.escape),
      comment: comment === undefined ? null : latin1(comment),
      comment_no_infix: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: maxRowBytes,
      info: true,
      cast: (field: string, { quoting }: CastingContext) => (quoting ? `"${field}` : ` ${field}`),
    })
    // Not in its types; its version is pinned.
    const { api } = parser as unknown as { api: DialectEngine & { info: { records: number } } }
    return {
      parse: (chunk, isLast, push, close) =>
        api.parse(
          chunk,
          isLast,
          (record) => {
            // It makes an error, with a stack and a copy of the record, for every row of another width than the first, only to drop it: to it, each is the first.
            api.info.records = 0
            push(record)
          },
          close,
        ),
    }
  } catch (cause) {
    throw new MillraceError('OPTION_INVALID', 'csv-parse does not take this dialect', { cause })
  }
}

/** The UTF-8 bytes of a text, a character each. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** The line, from the engine's first, on which csv-parse stopped. */
export function linesOf(error: CsvError): number {
  const lines: unknown = error['lines']
  return typeof lines === 'number' ? lines : 1
}

/** Our words for a fault: csv-parse's own may show data. */
export function reasonOf(error: CsvError): string {
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return FAULT.unclosedQuote
  return error.code === 'CSV_INVALID_CLOSING_QUOTE' ? FAULT.textAfterQuote : FAULT.quoteInText
}
