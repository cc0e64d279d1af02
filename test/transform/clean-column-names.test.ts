import { Field, Schema, Table, Utf8 } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { cleanColumnNames } from '../../src/transform/clean-column-names.ts'
import { transformTable } from '../../src/transform/transform-table.ts'
import { batchOf } from '../support/arbitrary-table.ts'
import { failure, fault } from './support/run-rows.ts'

describe('cleanColumnNames', () => {
  test('another style is refused', () => {
    expect(fault(() => cleanColumnNames({ style: 'kebab' as 'snake' }))).toEqual(failure('OPTION_INVALID'))
  })

  const clean = (names: string[], style?: 'lower' | 'snake'): string[] => {
    const schema = new Schema(names.map((name) => new Field(name, new Utf8(), true)))
    const table = new Table(schema, [batchOf(schema, [])])
    return transformTable(table, cleanColumnNames(style === undefined ? {} : { style })).schema.fields.map(
      ({ name }) => name,
    )
  }

  test('lower: lower case, spaces to _ and nothing else', () => {
    expect(clean(['Event ID', ' Total (USD) ', 'userID', 'a-b', 'É  x'])).toEqual([
      'event_id',
      '_total_(usd)_',
      'userid',
      'a-b',
      'é__x',
    ])
  })

  test('snake: trims, splits camelCase, folds accents, drops punctuation', () => {
    expect(
      clean(
        [
          ' Event ID ',
          'userID',
          'HTMLParser',
          'Total (USD)',
          "Prénom d'usage",
          'first-name',
          '日本 語',
          'a__b',
          'sha256Sum',
        ],
        'snake',
      ),
    ).toEqual([
      'event_id',
      'user_id',
      'html_parser',
      'total_usd',
      'prenom_dusage',
      'first_name',
      '日本_語',
      'a_b',
      'sha256_sum',
    ])
  })

  test('collisions pass over names that are there', () => {
    expect(clean(['A', 'a', 'a_2', 'a '])).toEqual(['a', 'a_3', 'a_2', 'a_'])
    expect(clean(['x', 'X', 'x', 'X'])).toEqual(['x', 'x_2', 'x_3', 'x_4'])
    expect(clean(['x', 'x', 'x_2', 'x_2'])).toEqual(['x', 'x_3', 'x_2', 'x_2_2'])
  })

  test('a name of which nothing is left is named by its place', () => {
    expect(clean(['a', '%%', ''], 'snake')).toEqual(['a', 'column_2', 'column_3'])
    expect(clean(['__proto__', 'Constructor'])).toEqual(['__proto__', 'constructor'])
  })
})
