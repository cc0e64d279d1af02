import { Table } from 'apache-arrow'
import fc from 'fast-check'
import { expect } from 'vitest'
import { decodeJson, decodeNdjson, encodeJson, encodeNdjson, json, ndjson } from '../../../src/codecs/json/json.ts'
import { isMillraceError } from '../../../src/errors.ts'
import { arbitraryTableCase } from '../../support/arbitrary-table.ts'
import { tableCells } from '../../support/column-cells.ts'
import { law } from '../../support/law.ts'
import { bytes, chunked, collect, contents, rowsOf, text } from './support.ts'

const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', '2024-01-31', '2024-01-31T12:00:00.5Z', '"', '\\', '\u0000'),
)
const key = fc.oneof(fc.constantFrom('a', 'b', 'c', '__proto__', 'é'), word)
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  word,
)
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(key, tie('any'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).any
const rows = fc.array(fc.dictionary(key, value, { maxKeys: 6, noNullPrototype: true }), { maxLength: 8 })
const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 })
const layout = fc.constantFrom(undefined, 1, '\t')

const lines = (all: readonly unknown[]): string => all.map((row) => `${JSON.stringify(row)}\n`).join('')

/** What a call returns, or its error. */
async function outcome<T>(call: () => T | Promise<T>): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    if (!isMillraceError(error)) throw error
    return { code: error.code, message: error.message, position: error.position, path: error.path }
  }
}

law(
  'json: any split of the bytes into chunks results in the same batches',
  fc.asyncProperty(rows, sizes, layout, fc.nat(4), async (all, cuts, indent, inferRows) => {
    for (const source of [bytes(JSON.stringify(all, null, indent)), bytes(lines(all))]) {
      const read = (codec: ReturnType<typeof json>, input: Uint8Array | AsyncIterable<Uint8Array>) =>
        outcome(async () => contents(await collect(codec.read(input))))
      const whole = await read(json({ inferRows }), source)
      expect(await read(ndjson({ inferRows }), chunked(source, cuts))).toEqual(whole)
    }
  }),
)

/** The rows as objects one after the other, each laid out in its own way, and the same rows as lines. */
const layouts = fc.infiniteStream(
  fc.record({ indent: layout, after: fc.constantFrom('', ' ', '\n', '\r\n', '\r', '\n\n \t') }),
)

law(
  'json: consecutive objects are the rows, on separate lines or not, under any chunking',
  fc.asyncProperty(rows, layouts, sizes, async (all, each, cuts) => {
    fc.pre(all.length > 0)
    const source = all.map((row) => {
      const { indent, after } = each.next().value
      return JSON.stringify(row, null, indent) + after
    })
    const expected = contents(decodeNdjson(bytes(lines(all))).batches)
    expect(contents(decodeJson(bytes(source.join(''))).batches)).toEqual(expected)
    const cut = chunked(bytes(source.join('')), cuts)
    expect(contents(await collect(json().read(cut)))).toEqual(contents(await collect(json().read(bytes(lines(all))))))
  }),
)

law(
  'json: rows at a path equal those of the array alone, in any surroundings, under any chunking',
  fc.asyncProperty(
    rows,
    fc.array(key, { minLength: 1, maxLength: 3 }),
    fc.array(fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true }), { minLength: 6, maxLength: 6 }),
    sizes,
    layout,
    async (all, path, beside, cuts, indent) => {
      const wrapped = [...path].reverse().reduce<unknown>((inner, name, depth) => {
        const others = Object.entries({ ...beside[depth] }).filter(([other]) => other !== name)
        return Object.fromEntries([...others.slice(1), [name, inner], ...others.slice(0, 1)])
      }, all)
      const source = bytes(JSON.stringify(wrapped, null, indent))
      const expected = contents(decodeJson(bytes(JSON.stringify(all))).batches)
      expect(contents(decodeJson(source, { rows: path }).batches)).toEqual(expected)
      const batches = await collect(json({ rows: path }).read(chunked(source, cuts)))
      expect(contents(batches)).toEqual(contents(await collect(json().read(bytes(JSON.stringify(all))))))
    },
  ),
)

law(
  'json: a column pinned as json has the text that JSON.stringify wrote, in a stream and a whole table',
  fc.asyncProperty(
    fc.array(value, { minLength: 1, maxLength: 8 }),
    sizes,
    fc.nat(3),
    async (values, cuts, inferRows) => {
      const source = bytes(lines(values.map((v) => ({ v }))))
      const expected = values.map((v) => (v === null ? null : JSON.stringify(v)))
      const table = decodeNdjson(source, { schema: { v: 'json' } })
      expect([...(table.getChild('v') ?? [])]).toEqual(expected)
      expect(encodeNdjson(table)).toEqual(source)
      const batches = await collect(ndjson({ inferRows, schema: { v: 'json' } }).read(chunked(source, cuts)))
      expect(batches.flatMap((batch) => [...(batch.getChild('v') ?? [])])).toEqual(expected)
    },
  ),
)

law(
  'json: any split of broken bytes results in the same error, or the same rows and rejected rows',
  fc.asyncProperty(
    rows,
    sizes,
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
    fc.constantFrom('array', 'lines', 'indented'),
    fc.boolean(),
    async (all, cuts, edits, form, isReported) => {
      const source = bytes(
        form === 'array'
          ? JSON.stringify(all)
          : form === 'lines'
            ? lines(all)
            : all.map((row) => JSON.stringify(row, null, 1)).join('\n'),
      )
      for (const [place, byte] of edits) if (source.length > 0) source[place % source.length] = byte
      const read = async (input: Uint8Array | AsyncIterable<Uint8Array>) => {
        const rejected: unknown[] = []
        const options = {
          inferRows: 2,
          ...(isReported ? { onInvalidRow: (row: unknown) => void rejected.push(row) } : {}),
        }
        return [await outcome(async () => contents(await collect(json(options).read(input)))), rejected]
      }
      expect(await read(chunked(source, cuts))).toEqual(await read(source))
    },
  ),
  { runs: 300 },
)

law(
  'json: the array and the lines of the same rows are the same table',
  fc.property(rows, layout, (all, indent) => {
    fc.pre(all.length > 0)
    const array = decodeJson(bytes(JSON.stringify(all, null, indent)))
    expect(contents(array.batches)).toEqual(contents(decodeNdjson(bytes(lines(all))).batches))
  }),
)

law(
  'json: values equal those given to JSON.stringify, mixed ones as the text that it wrote',
  fc.property(rows, (all) => {
    fc.pre(all.length > 0)
    const table = decodeNdjson(bytes(lines(all)))
    const fields = new Map(table.schema.fields.map((field) => [field.name, String(field.type)]))
    for (const [index, row] of rowsOf(table).entries()) {
      for (const [name, type] of fields) {
        const expected = Object.hasOwn(all[index] ?? {}, name) ? all[index]?.[name] : undefined
        const actual = Object.getOwnPropertyDescriptor(row, name)?.value
        if (/Float64|Int64|Bool/.test(type) && !/[<[]/.test(type)) {
          expect(actual === null ? null : Number(actual)).toEqual(
            // JSON.stringify writes -0 as 0.
            expected === undefined || expected === null ? null : Number(expected) + 0,
          )
        } else if (type === 'Utf8') {
          const isSame = actual === (expected ?? null) || actual === JSON.stringify(expected)
          expect(isSame).toBe(true)
        }
      }
    }
  }),
)

law(
  'json: reading what was written, with its schema, returns the same table',
  fc.property(rows, fc.boolean(), (all, isArray) => {
    fc.pre(all.length > 0)
    const table = decodeJson(bytes(JSON.stringify(all)))
    const again = isArray
      ? decodeJson(encodeJson(table), { schema: table.schema })
      : decodeNdjson(encodeNdjson(table), { schema: table.schema })
    fc.pre(table.numCols > 0)
    expect(contents(again.batches)).toEqual(contents(table.batches))
  }),
)

law(
  'json: a table of any types round-trips with its schema',
  fc.property(arbitraryTableCase(), ({ table, rows, schema }) => {
    fc.pre(rows.length > 0)
    const written = writtenLines(table)
    // NaN, infinities and maps that repeat a key have no JSON.
    if (written !== undefined) expect(tableCells(decodeNdjson(written, { schema }))).toEqual(rows)
  }),
)

function writtenLines(table: Table): Uint8Array | undefined {
  try {
    return encodeNdjson(table)
  } catch (error) {
    if (isMillraceError(error, 'TYPE_MISMATCH')) return undefined
    throw error
  }
}

law(
  'json: a slice is written like its rows',
  fc.property(rows, fc.nat(8), fc.nat(8), (all, from, length) => {
    fc.pre(all.length > 0)
    const table = decodeJson(bytes(JSON.stringify(all)))
    const written = text(encodeNdjson(table))
      .split('\n')
      .slice(from, from + length)
    const slice = table.slice(from, Math.min(from + length, table.numRows))
    expect(text(encodeNdjson(new Table(slice.batches)))).toBe(
      written
        .filter((line) => line !== '')
        .map((line) => `${line}\n`)
        .join(''),
    )
  }),
)

law(
  'json: any bytes result in a table or a typed error',
  fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (source) => {
    await outcome(() => decodeJson(source).numRows)
  }),
)

law(
  'json: rows with any bytes changed, removed or doubled result in a table or a typed error',
  fc.asyncProperty(rows, fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(3)), { maxLength: 4 }), async (all, edits) => {
    let source: Uint8Array = bytes(JSON.stringify(all))
    for (const [place, byte, kind] of edits) {
      const at = place % (source.length + 1)
      if (kind === 0) source = Buffer.concat([source.subarray(0, at), source.subarray(at + 1)])
      else if (kind === 1) source = Buffer.concat([source.subarray(0, at), Uint8Array.of(byte), source.subarray(at)])
      else if (kind === 2) source = Buffer.concat([source.subarray(0, at), source])
      else source = source.subarray(0, at)
    }
    await outcome(() => decodeJson(source, { onInvalidRow: () => {} }).numRows)
    await outcome(() => decodeJson(source).numRows)
  }),
)

/** A JSON value that may repeat keys, plainly spelled or escaped, and what it means. */
interface Spelled {
  readonly spelled: string
  readonly meant: string
}

const spelledKey = fc.constantFrom('a', 'b', 'c', '__proto__').chain((name) => {
  const escaped = `\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}`
  return fc.constantFrom(name, escaped).map((spelling) => ({ name, spelling }))
})
const spelled = fc.letrec<{ any: Spelled; object: Spelled }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    scalar.map((one) => ({ spelled: JSON.stringify(one), meant: JSON.stringify(one) })),
    fc.array(tie('any'), { maxLength: 3 }).map((items) => ({
      spelled: `[ ${items.map((item) => item.spelled).join(' , ')}]`,
      meant: `[${items.map((item) => item.meant).join()}]`,
    })),
    tie('object'),
  ),
  object: fc.array(fc.tuple(spelledKey, tie('any')), { maxLength: 6 }).map((members) => ({
    spelled: `{${members.map(([{ spelling }, member]) => `"${spelling}" :${member.spelled}`).join(' ,')} }`,
    meant: `{${[...new Map(members.map(([{ name }, { meant }]) => [name, `"${name}":${meant}`])).values()].join()}}`,
  })),
})).object

law(
  'json: the last of repeated keys wins, in any spelling',
  fc.property(fc.array(spelled, { minLength: 1, maxLength: 5 }), (all) => {
    const read = decodeJson(bytes(`[${all.map((row) => row.spelled).join(',\n')}]`))
    const meant = decodeNdjson(bytes(all.map((row) => row.meant).join('\n')))
    expect(withoutSpelling(read)).toEqual(withoutSpelling(meant))
  }),
)

/** The rows of a table, the text in columns of mixed kinds as JSON.parse understands it, but for escapes in keys, which it mixes up. */
function withoutSpelling(table: Table): unknown {
  const plain = (cell: unknown): unknown => {
    if (typeof cell === 'string')
      return parsed(cell.replace(/\\u00(6[123]|5f)/g, (_, hex) => decodeURIComponent(`%${hex}`)))
    if (Array.isArray(cell)) return cell.map(plain)
    if (typeof cell !== 'object' || cell === null || cell instanceof Date) return cell
    return Object.entries(cell).map(([name, value]) => [name, plain(value)])
  }
  return { types: table.schema.fields.map(String), rows: rowsOf(table).map(plain) }
}

function parsed(cell: string): unknown {
  try {
    return JSON.parse(cell)
  } catch {
    return cell
  }
}

law(
  'json: rejected lines do not change the table of the others',
  fc.property(
    rows,
    fc.array(fc.constantFrom('x', '{"a":', '"x"', '{"a":1} x', '{"a":"\\ud800"}', '7'), { maxLength: 4 }),
    fc.infiniteStream(fc.nat(8)),
    (all, bad, places) => {
      fc.pre(all.length > 0)
      const mixed = all.map((row) => JSON.stringify(row))
      for (const line of bad) mixed.splice((places.next().value as number) % (mixed.length + 1), 0, line)
      let refused = 0
      const table = decodeNdjson(bytes(mixed.join('\n')), { onInvalidRow: () => refused++ })
      expect(refused).toBe(bad.length)
      expect(contents(table.batches)).toEqual(contents(decodeNdjson(bytes(lines(all))).batches))
    },
  ),
)
