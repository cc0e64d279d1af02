import { changedField, recordBatch, schemaOf } from '../columns/record-batch.ts'
import { checkOptions } from '../internal/check-arguments.ts'
import { checkChoice } from '../internal/check-choice.ts'
import { distinctColumnNames } from '../internal/distinct-column-names.ts'
import { defineMap, perSchema, type Transform } from './transform.ts'

export interface CleanColumnNamesOptions {
  /** `lower` (default): lower case, spaces to `_`. `snake`: words of letters and digits, joined by `_`. */
  readonly style?: 'lower' | 'snake'
}

/**
 * Rename columns so that queries can use their names unquoted.
 *
 * Style `lower` turns `Event ID` into `event_id` and changes nothing else. Style `snake` also trims, splits camelCase, folds
 * accents, drops apostrophes and treats all other punctuation as the end of a word: `Prénom d'usage`, `userID` and `Total (USD)` become
 * `prenom_dusage`, `user_id` and `total_usd`. Letters of all scripts are kept.
 *
 * Names that become equal get `_2`, `_3` from the second on, skipping existing names. An empty result becomes `column_`
 * and its position, from 1.
 *
 * @returns a transform that shares all values. O(columns) per schema.
 * @throws MillraceError `OPTION_INVALID` for an unknown style.
 * @example
 * transformTable(tableFromRows([{ 'Event ID': 1, 'event id': 2 }]), cleanColumnNames()).schema.names // => ['event_id', 'event_id_2']
 */
export function cleanColumnNames(options: CleanColumnNamesOptions = {}): Transform {
  checkOptions(
    'cleanColumnNames',
    options,
    { style: 'string' },
    "write cleanColumnNames() or cleanColumnNames({ style: 'snake' })",
  )
  const { style = 'lower' } = options
  checkChoice('style', style, ['lower', 'snake'])
  const clean = style === 'snake' ? snakeCase : lowerCase
  return defineMap('cleanColumnNames', () => {
    const cleaned = perSchema((schema) => {
      const names = distinctColumnNames(schema.fields.map(({ name }) => clean(name)))
      const fields = schema.fields.map((field, index) => changedField(field, { name: names[index] as string }))
      return schemaOf(fields, schema.metadata)
    })
    return (batch) => recordBatch(cleaned(batch.schema), batch.data.children, batch.numRows)
  })
}

function lowerCase(name: string): string {
  return name.toLowerCase().replaceAll(' ', '_')
}

function snakeCase(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'\u2018\u2019]/g, '')
    .normalize('NFC')
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
}
