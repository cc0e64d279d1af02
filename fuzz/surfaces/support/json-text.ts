import {
  decodeJson,
  decodeNdjson,
  encodeJson,
  encodeNdjson,
  type JsonOptions,
  json,
  ndjson,
} from '../../../src/codecs/json/json.ts'
import type { Surface } from '../../surface.ts'
import type { Choices } from './choices.ts'
import { checkSame, outcomeOf, tableText } from './same.ts'
import { textSurface } from './text-surface.ts'

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

/** The surface of JSON or of NDJSON. */
export function jsonTextSurface(format: 'json' | 'ndjson', texts: readonly string[]): Surface {
  const decode = format === 'json' ? decodeJson : decodeNdjson
  const encode = format === 'json' ? encodeJson : encodeNdjson

  function checkRoundTrip(bytes: Uint8Array, options: JsonOptions): void {
    const table = decode(bytes, options)
    const written = outcomeOf(() => Buffer.from(encode(table)).toString('latin1'))
    if (!written.ok || table.numRows === 0) return
    const back = outcomeOf(() => tableText(decode(Buffer.from(written.text, 'latin1'), { schema: table.schema })))
    checkSame('table and table written', { ok: true, text: tableText(table) }, back)
  }

  return textSurface<JsonOptions>({
    choices: 8,
    optionsOf: (choices) => optionsOf(choices, format === 'json'),
    decode,
    codec: format === 'json' ? json : ndjson,
    checkRoundTrip,
    texts,
  })
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
