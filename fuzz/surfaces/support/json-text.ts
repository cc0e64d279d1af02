import type { InvalidRow } from '../../../src/codecs/invalid-row.ts'
import {
  decodeJson,
  decodeNdjson,
  encodeJson,
  encodeNdjson,
  type JsonOptions,
  json,
  ndjson,
} from '../../../src/codecs/json/json.ts'
import { note } from '../../hits.ts'
import { mutateBytes } from '../../mutate/bytes.ts'
import type { Surface } from '../../surface.ts'
import { switches } from '../../switches.ts'
import { type Choices, choicesOf, withChoices } from './choices.ts'
import { all, chunksOf } from './chunks.ts'
import { checkSame, outcomeOf, outcomeOfAsync, tableText } from './same.ts'

const CHOICES = 8
const TYPES = [
  'string',
  'int64',
  'int8',
  'uint64',
  'float32',
  'float64',
  'bool',
  'date',
  'timestamp',
  'timestamp[ns]',
  'time',
  'json',
  'binary',
  'decimal(9,2)',
] as const

function optionsOf(choices: Choices, hasPath: boolean): JsonOptions {
  const rare = (times: number): boolean => choices.next(256) % times === 1
  return {
    ...(rare(3) && { schema: { a: choices.pick(TYPES) } }),
    ...(rare(5) && hasPath && { rows: choices.pick([['rows'], ['a', 'b']]) }),
    ...(rare(8) && { limits: { maxDepth: 3, maxFieldBytes: 20, maxRowBytes: 60, maxColumns: 3 } }),
  }
}

/** The surface of JSON or of NDJSON: kernels against the exact reader, streams against whole files, written tables against read ones. */
export function jsonTextSurface(format: 'json' | 'ndjson', texts: readonly string[]): Surface {
  const decode = format === 'json' ? decodeJson : decodeNdjson
  const encode = format === 'json' ? encodeJson : encodeNdjson
  const codec = format === 'json' ? json : ndjson

  function decoded(bytes: Uint8Array, options: JsonOptions, keepsGoing: boolean): string {
    const refused: InvalidRow[] = []
    const table = decode(bytes, { ...options, ...(keepsGoing && { onInvalidRow: (row) => refused.push(row) }) })
    note(1000 + Math.min(table.numRows, 63))
    note(1100 + Math.min(table.numCols, 31))
    for (const { type } of table.schema.fields) note(1200 + type.typeId)
    return tableText(table) + JSON.stringify(refused)
  }

  async function streamed(bytes: Uint8Array, options: JsonOptions, keepsGoing: boolean, way: number): Promise<string> {
    const refused: InvalidRow[] = []
    const reader = codec({ ...options, ...(keepsGoing && { onInvalidRow: (row) => refused.push(row) }) })
    return tableText(await all(reader.read(chunksOf(bytes, way)))) + JSON.stringify(refused)
  }

  async function run(input: Uint8Array): Promise<void> {
    const choices = choicesOf(input.subarray(0, CHOICES))
    const way = choices.next(256)
    const options = optionsOf(choices, format === 'json')
    const bytes = input.subarray(CHOICES)
    const keepsGoing = way % 3 === 1
    switches.kernel = 'off'
    const exact = outcomeOf(() => decoded(bytes, options, keepsGoing))
    // A kernel whose read failed is garbage, and costs as much as ten small files.
    if (!exact.ok && choices.next(8) > 0) return
    switches.kernel = 'on'
    checkSame(
      'kernel and exact reader',
      exact,
      outcomeOf(() => decoded(bytes, options, keepsGoing)),
    )
    switches.kernel = way % 2 === 0 ? 'on' : 'off'
    if (way % 6 === 0)
      checkSame('whole and stream', exact, await outcomeOfAsync(() => streamed(bytes, options, keepsGoing, way >> 3)))
    if (way % 8 === 1 && exact.ok && !keepsGoing) checkRoundTrip(bytes, options)
  }

  function checkRoundTrip(bytes: Uint8Array, options: JsonOptions): void {
    const table = decode(bytes, options)
    const written = outcomeOf(() => Buffer.from(encode(table)).toString('latin1'))
    if (!written.ok || table.numRows === 0) return
    const back = outcomeOf(() => tableText(decode(Buffer.from(written.text, 'latin1'), { schema: table.schema })))
    checkSame('table and table written', { ok: true, text: tableText(table) }, back)
  }

  return {
    seeds: () =>
      texts.flatMap((text, index) => [
        withChoices(Array(CHOICES).fill(0), text),
        withChoices(
          Array.from({ length: CHOICES }, (_, at) => (at * 7 + index * 3 + 1) & 0xff),
          text,
        ),
      ]),
    fromFile: (file) => withChoices(Array(CHOICES).fill(0), file),
    mutate: mutateBytes(CHOICES),
    run,
  }
}

/** Objects of every kind, a text each. */
export const OBJECTS: readonly string[] = [
  '{"a":1,"b":"x"}',
  '{"a":null,"b":"\\u00e4\\n\\ud83d\\ude00"}',
  '{"a":1.5e3,"b":true}',
  '{"a":-0,"b":12345678901234567890}',
  '{"a":"2024-01-05","b":"2024-01-05T10:11:12.123456Z"}',
  '{"a":{"x":1,"y":[1,2]},"b":[{"z":null},{"z":"q"}]}',
  '{"a":[],"b":{}}',
  '{"a":9007199254740993,"b":0.1}',
  '{"a":1,"a":2,"__proto__":3}',
  '{"a":"\u4e2d\u{1f600}","":false}',
  '{ "a" : [ [ 1 ] , [ ] ] , "b" : 1E400 }',
  '{"a":"10:11:12","b":"AQI=","c":"{}","d":1.25}',
]
