import { DataType, type Table } from 'apache-arrow'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type ChangeEvent, toRow } from '../../../src/cdc/index.ts'
import { sorted } from '../../../src/cdc/json-safe.ts'
import { canonicalNumber } from '../../../src/cdc/number-text.ts'
import { tableFromChanges } from '../../../src/cdc/table/index.ts'
import { jsonText } from '../../../src/cdc/table/json-text.ts'
import { decodeParquet, encodeParquet, rowsFromTable } from '../../../src/codecs/index.ts'
import { arbitraryChange, arbitraryImage } from '../../../src/testing/index.ts'
import { law } from '../../support/law.ts'

const METADATA = new Set(['__op', '__deleted', '__ts_us', '__seq', '__event_id', '__table', '__changed'])

const changes = fc.array(arbitraryChange({ image: arbitraryImage({ maxKeys: 4 }) }), { maxLength: 6 })

law(
  'tableFromChanges: every cell has its exact value, and metadata equals that of toRow',
  fc.property(changes, (list) => {
    const table = tableFromChanges(list)
    const rows = [...rowsFromTable(table)]
    expect(rows.length).toBe(list.length)
    const items = list.map(({ after, before, keys }) => after ?? before ?? keys)
    for (const { name, type } of table.schema.fields) {
      if (METADATA.has(name)) continue
      expectHeld(
        type,
        rows.map((row) => own(row, name)),
        items.map((item) => own(item, name)),
      )
    }
    list.forEach((change, index) => {
      const { __op, __seq, __deleted, __event_id, __table, __ts_us } = toRow(change)
      expect(rows[index]).toMatchObject({
        __op,
        __seq,
        __deleted,
        __event_id,
        __table,
        __changed: change.changed ?? null,
      })
      expect(String(rows[index]?.['__ts_us'])).toBe(String(__ts_us))
    })
  }),
  { runs: 1000 },
)

law(
  'tableFromChanges: types do not depend on the order of changes, or of attributes in their items',
  fc.property(changes, (list) => {
    const turned = [...list]
      .reverse()
      .map((change): ChangeEvent => ({ ...change, ...(change.after && { after: turnedItem(change.after) }) }))
    expect(typesOf(tableFromChanges(turned))).toEqual(typesOf(tableFromChanges(list)))
  }),
  { runs: 1000 },
)

law(
  'tableFromChanges: round-trips through Parquet',
  fc.asyncProperty(changes, async (list) => {
    const table = tableFromChanges(list)
    const back = await decodeParquet(await encodeParquet(table))
    expect([...rowsFromTable(back)]).toEqual([...rowsFromTable(table)])
  }),
  { runs: 300 },
)

function own(object: object | undefined, name: string): unknown {
  return object && Object.getOwnPropertyDescriptor(object, name)?.value
}

function turnedItem(item: object): Record<string, unknown> {
  const turned = {}
  for (const [name, value] of Object.entries(item).reverse())
    Object.defineProperty(turned, name, { value, enumerable: true, configurable: true, writable: true })
  return turned
}

function typesOf({ schema }: Table): string[] {
  return schema.fields.map(({ name, type }) => `${name}: ${type}`).sort()
}

/** Whether a column of this type holds these values, each exactly. */
function expectHeld(type: DataType, cells: readonly unknown[], values: readonly unknown[]): void {
  const at = values.flatMap((value, index) => (value === null || value === undefined ? [] : [index]))
  expect(cells.flatMap((cell, index) => (cell === null ? [] : [index]))).toEqual(at)
  const [held, given] = [at.map((index) => cells[index]), at.map((index) => values[index])]
  if (DataType.isList(type)) {
    const lists = given.map((value) => (value instanceof Set ? sorted(value) : (value as unknown[])))
    expect(held.map((cell) => (cell as unknown[]).length)).toEqual(lists.map(({ length }) => length))
    expectHeld(type.children[0]?.type, held.flat(), lists.flat())
  } else if (DataType.isStruct(type)) {
    const names = new Set(given.flatMap((value) => Object.keys(value as object)))
    expect(new Set(type.children.map(({ name }) => name))).toEqual(names)
    for (const { name, type: field } of type.children) {
      expectHeld(
        field,
        held.map((cell) => own(cell as object, name)),
        given.map((value) => own(value as object, name)),
      )
    }
  } else if (DataType.isUtf8(type)) {
    const isText = given.every((value) => typeof value === 'string')
    expect(held).toEqual(isText ? given : given.map(jsonText))
  } else if (DataType.isInt(type) || DataType.isFloat(type) || DataType.isDecimal(type)) {
    expect(held.map((cell) => canonicalNumber(String(cell)))).toEqual(
      given.map((value) => canonicalNumber(String(value))),
    )
  } else expect(held).toEqual(given)
}
