import type { InvalidRow } from '../codecs/index.ts'
import type { Estimate } from './estimate.ts'
import type { Pin } from './pin.ts'

/** Results of `inspect`, as printed by `--json`. */
export interface Inspection {
  readonly file: string
  readonly bytes: number
  readonly format: string
  readonly compression: string
  /** Encoding of text; null for Parquet. */
  readonly encoding: string | null
  readonly rows: number
  readonly columns: readonly { readonly name: string; readonly type: string; readonly nulls: number }[]
  readonly refused: {
    readonly count: number
    readonly byCode: Readonly<Record<string, number>>
    /** The first of them. */
    readonly rows: readonly InvalidRow[]
  }
  readonly pin: readonly Pin[]
  /** The types in the form of the option `schema`; null for Parquet. Nested columns need Arrow types, and are omitted. */
  readonly schema: Readonly<Record<string, string>> | null
  readonly lambda: Estimate
}
