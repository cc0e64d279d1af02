import { Table } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { type ErrorCode, isMillraceError } from '../../src/errors.ts'
import * as transform from '../../src/transform/index.ts'

type Call = (...given: readonly unknown[]) => unknown

/** Calls that TypeScript refuses, by the function that has to name itself and the argument. */
const REFUSED: readonly [name: string, given: readonly unknown[], code: ErrorCode, what: string][] = [
  ['addBatchMetadata', [{ now: 5 }], 'OPTION_INVALID', 'now'],
  ['addBatchMetadata', [{ batchId: 5 }], 'OPTION_INVALID', 'batchId must be a string'],
  ['addColumns', [5], 'TYPE_MISMATCH', 'values'],
  ['addColumns', [{}, 5], 'OPTION_INVALID', 'options'],
  ['addColumns', [{}, { schema: 5 }], 'OPTION_INVALID', 'schema'],
  ['castColumns', [5], 'TYPE_MISMATCH', 'types'],
  ['cleanColumnNames', [5], 'OPTION_INVALID', 'options'],
  ['cleanColumnNames', [{ style: 5 }], 'OPTION_INVALID', 'style'],
  ['dropDuplicates', [5], 'OPTION_INVALID', 'options'],
  ['dropDuplicates', [{ exact: 5 }], 'OPTION_INVALID', 'exact'],
  ['fillNulls', [5], 'TYPE_MISMATCH', 'values'],
  ['filterRows', [5], 'TYPE_MISMATCH', 'the predicate'],
  ['renameColumns', [5], 'TYPE_MISMATCH', 'names'],
  ['renameColumns', [{ a: 5 }], 'TYPE_MISMATCH', 'the new names'],
  ['rowCounter', [5], 'OPTION_INVALID', ''],
  ['scoreRows', [5], 'TYPE_MISMATCH', 'rules'],
  ['scoreRows', [[5]], 'TYPE_MISMATCH', 'rules'],
  ['scoreRows', [[{ test: true }]], 'TYPE_MISMATCH', 'rules'],
  ['selectColumns', [5], 'TYPE_MISMATCH', 'names'],
  ['validationScore', [5], 'TYPE_MISMATCH', 'the record'],
  ['validationScore', [null], 'TYPE_MISMATCH', 'the record'],
  ['validationScore', [{}, 5], 'TYPE_MISMATCH', 'rules'],
  ['validationScore', [{}, [{}]], 'TYPE_MISMATCH', 'rules'],
  ['requiredFields', [5], 'TYPE_MISMATCH', 'names'],
  ['requiredFields', [['a'], { present: 5 }], 'OPTION_INVALID', 'present must be'],
  ['defineTransform', [5, () => ({})], 'TYPE_MISMATCH', 'name'],
  ['defineTransform', ['own', 5], 'TYPE_MISMATCH', 'the start of a run'],
  ['transformTable', [5], 'TYPE_MISMATCH', 'the table'],
  ['transformTable', [new Table(), 5], 'TYPE_MISMATCH', 'every argument after the table'],
]

function refusalOf(call: () => unknown): Error | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    return error as Error
  }
}

describe('a call that is refused names its function and its argument', () => {
  test.each(REFUSED)('%s(...%j): %s', (name, given, code, what) => {
    const error = refusalOf(() => (transform as unknown as Record<string, Call>)[name]?.(...given))
    expect([isMillraceError(error, code), error?.message]).toEqual([true, expect.stringContaining(`${name}: ${what}`)])
  })

  test.each([
    ['style', () => transform.cleanColumnNames({ style: 'camel' as never })],
    ['present', () => transform.requiredFields(['a'], { present: 'there' as never })],
    ['keep', () => transform.dropDuplicates({ keep: 'any' as never })],
  ])('a word that %s does not know', (name, call) => {
    expect(refusalOf(call)?.message).toMatch(new RegExp(`^${name}: must be one of`))
  })

  test('a function in place of a transform: the call is what it takes', () => {
    const table = tableFromRows([{ a: 1 }])
    const message = (given: unknown) => refusalOf(() => transform.transformTable(table, given as never))?.message
    expect(message(transform.cleanColumnNames)).toContain('such as cleanColumnNames()')
    expect(message(() => 1)).toContain('such as dropDuplicates()')
    expect(message({ name: 'other' })).toContain('such as dropDuplicates()')
    expect(message([transform.cleanColumnNames()])).toContain('write transformTable(table, ...transforms)')
    expect(message({ start: 1 })).toContain('a transform')
  })
})
