import type { RecordBatch, Schema } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { type Transform, transformTable } from '../../../src/transform/index.ts'
import { arbitraryTableCase, type TableCase } from '../../support/arbitrary-table.ts'
import { rowCells, tableCells } from '../../support/column-cells.ts'
import { law } from '../../support/law.ts'
import { collect, stream } from '../../support/streams.ts'

export interface TransformLawOptions {
  readonly tables?: fc.Arbitrary<TableCase>
  readonly runs?: number
}

/** The laws of every transform. `transformFor` makes one for a schema; undefined skips the case. */
export function transformLaws(
  name: string,
  transformFor: (schema: Schema) => Transform | undefined,
  { tables = arbitraryTableCase(), runs = 40 }: TransformLawOptions = {},
): void {
  const cases = tables.map((table) => ({ table, transform: transformFor(table.schema) }))
  const suited = cases.filter((one): one is { table: TableCase; transform: Transform } => one.transform !== undefined)

  describe(`${name}: laws`, () => {
    law(
      `${name}: a stream in any batches has the same rows as the whole table`,
      fc.asyncProperty(suited, async ({ table, transform }) => {
        const streamed = rowCells(await collect(transform(stream(table.batches))))
        expect(streamed).toEqual(tableCells(transformTable(table.table, transform)))
      }),
      { runs },
    )

    law(
      `${name}: does not modify its input`,
      fc.asyncProperty(suited, async ({ table, transform }) => {
        const before = table.batches.map(snapshot)
        await collect(transform(stream(table.batches)))
        transformTable(table.table, transform)
        expect(table.batches.map(snapshot)).toEqual(before)
      }),
      { runs },
    )

    law(
      `${name}: the output schema depends only on the input schema, also without rows`,
      fc.asyncProperty(suited, async ({ table, transform }) => {
        const empty = table.batches.map((batch) => batch.slice(0, 0))
        const schemas = [
          ...(await collect(transform(stream(empty)))).map(({ schema }) => schema),
          ...(await collect(transform(stream(table.batches)))).map(({ schema }) => schema),
          transformTable(table.table, transform).schema,
        ]
        expect(new Set(schemas.map(describeSchema)).size).toBe(1)
      }),
      { runs },
    )

    law(
      `${name}: a run through start returns what the stream yields`,
      fc.asyncProperty(suited, async ({ table, transform }) => {
        const run = transform.start()
        const batches = [...table.batches, undefined].flatMap((batch) => run(batch) ?? [])
        expect(rowCells(batches)).toEqual(rowCells(await collect(transform(stream(table.batches)))))
      }),
      { runs },
    )
  })
}

function describeSchema(schema: Schema): string {
  return JSON.stringify(schema.fields.map(({ name, type, nullable }) => [name, String(type), nullable]))
}

/** All bytes that a batch can reach. */
function snapshot(batch: RecordBatch): string {
  const digests: string[] = [describeSchema(batch.schema), String(batch.numRows)]
  const visit = (data: RecordBatch['data'] | RecordBatch['data']['children'][number]): void => {
    for (const buffer of [data.values, data.valueOffsets, data.nullBitmap]) {
      const view = buffer as Uint8Array | undefined
      if (view) digests.push(Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64'))
    }
    data.children.forEach(visit)
    data.dictionary?.data.forEach(visit)
  }
  visit(batch.data)
  return digests.join('\n')
}
