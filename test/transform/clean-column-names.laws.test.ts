import { Bool, Field, Schema, Table } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { cleanColumnNames } from '../../src/transform/clean-column-names.ts'
import { transformTable } from '../../src/transform/transform-table.ts'
import { law } from '../support/law.ts'
import { transformLaws } from './support/transform-laws.ts'

transformLaws('cleanColumnNames', () => cleanColumnNames())
transformLaws('cleanColumnNames snake', () => cleanColumnNames({ style: 'snake' }))

describe('cleanColumnNames', () => {
  law(
    'cleanColumnNames: names are distinct, not empty, and unchanged when cleaned again',
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a', 'A', 'a_2', 'A 2', 'userID', '', '%'))),
      fc.constantFrom('lower', 'snake'),
      (names, style) => {
        const clean = (from: readonly string[]): readonly string[] => {
          const schema = new Schema(from.map((name) => new Field(name, new Bool(), true)))
          return transformTable(new Table(schema, []), cleanColumnNames({ style })).schema.fields.map(
            ({ name }) => name,
          )
        }
        const once = clean(names)
        expect(new Set(once).size).toBe(once.length)
        expect(once).not.toContain('')
        expect(clean(once)).toEqual(once)
      },
    ),
  )
})
