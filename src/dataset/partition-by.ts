import { MillraceError } from '../errors.ts'
import { notA } from '../internal/check-arguments.ts'
import { isWellFormed } from '../internal/well-formed.ts'
import type { PartitionRule } from './partition-rule.ts'

/** The levels of the path, outermost first: a name for a column's own values, which are then removed from the files, or a rule. */
export type PartitionBy = readonly (string | PartitionRule)[]

/**
 * The names of the levels.
 *
 * @throws MillraceError `TYPE_MISMATCH` for a value that is neither name nor rule, `OPTION_INVALID` for a name that no
 * path can contain, `COLUMN_CONFLICT` for a repeated name.
 */
export function partitionNames(entry: string, partitionBy: PartitionBy): string[] {
  const names = partitionBy.map((by: unknown) => {
    if (typeof by === 'string') return by
    const { name, start } = Object(by)
    if (typeof name === 'string' && typeof start === 'function') return name
    throw notA(
      entry,
      'partitionBy',
      'a list of column names and rules, such as byDay',
      by,
      "write ['region', byDay('at')]",
    )
  })
  const seen = new Set<string>()
  for (const name of names) {
    if (name === '' || !isWellFormed(name)) {
      throw new MillraceError('OPTION_INVALID', `${entry}: a partition needs a name of well-formed Unicode`)
    }
    if (seen.has(name)) {
      const rule = 'two levels of partitionBy have this name; set another one with as'
      throw new MillraceError('COLUMN_CONFLICT', rule, { position: { column: name } })
    }
    seen.add(name)
  }
  return names
}
