/** A flag of the command line that sets an option of the library. */
export interface Flag<Option extends string = string> {
  /** The option that it sets, by its name in the library. */
  readonly option: Option
  readonly kind: FlagKind
  /** Values to choose from, if there are few. */
  readonly choices?: readonly string[]
  /** Formats that have the option; all when absent. */
  readonly formats?: readonly FlagFormat[]
  /** One line of help. */
  readonly help: string
}

/** The formats that options differ by: `tsv` counts as `csv`, `ndjson` as `json`. */
export type FlagFormat = 'csv' | 'json' | 'parquet'

/**
 * The value of a flag: `on` and `off` have no value and mean true and false; `mark` is text in which `\t` is a tab;
 * `line-break` is `lf` or `crlf`; `texts` and `numbers` are repeated; `rows` is a number or `all`; `types` and `pairs`
 * are repeated `NAME=VALUE`, or one JSON object.
 */
export type FlagKind =
  | 'on'
  | 'off'
  | 'text'
  | 'mark'
  | 'line-break'
  | 'texts'
  | 'number'
  | 'numbers'
  | 'rows'
  | 'types'
  | 'pairs'

/** Flags by name, without the dashes. */
export type Flags<Option extends string = string> = Readonly<Record<string, Flag<Option>>>

/** Test whether a flag takes a value. */
export function takesValue({ kind }: Flag): boolean {
  return kind !== 'on' && kind !== 'off'
}

const MANY: readonly FlagKind[] = ['texts', 'numbers', 'types', 'pairs']

/** Test whether a flag may be repeated. */
export function isRepeatable({ kind }: Flag): boolean {
  return MANY.includes(kind)
}
