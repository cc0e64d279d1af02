import { jsonTextSurface, OBJECTS } from './support/json-text.ts'

const TEXTS = [
  ...OBJECTS.map((text) => `${text}\n${text}\n`),
  OBJECTS.join('\r\n'),
  '\n\n{"a":1}\n\n',
  '{"a":1}\n{"a":\n{"a":2}\n[1]\nx\n{"a":3}',
  '{"a":1} {"a":2}\n',
  Array.from({ length: 70 }, (_, row) => `{"a":${row},"b":"text ${row}"}`).join('\n'),
]

export const surface = jsonTextSurface('ndjson', TEXTS)
