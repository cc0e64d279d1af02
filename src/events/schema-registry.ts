import type { Payload } from './payload.ts'

/** Confluent: a zero byte and the schema's number in four bytes. Source: https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format */
const CONFLUENT_HEADER_BYTES = 5

/** AWS Glue: version 3, the compression (none or zlib), the schema version's UUID. Source: https://github.com/awslabs/aws-glue-schema-registry */
const GLUE_VERSION = 3
const GLUE_HEADER_BYTES = 18
const GLUE_COMPRESSIONS: readonly unknown[] = [0, 5]

/** The schema registry whose header precedes a payload; undefined if there is none. JSON never begins with one. */
export function registryOf(payload: Payload): string | undefined {
  const bytes = firstBytes(payload)
  if (bytes === undefined) return undefined
  if (bytes[0] === 0 && bytes.length >= CONFLUENT_HEADER_BYTES) return "Confluent's schema registry"
  const isGlue = bytes[0] === GLUE_VERSION && bytes.length >= GLUE_HEADER_BYTES && GLUE_COMPRESSIONS.includes(bytes[1])
  return isGlue ? 'the AWS Glue schema registry' : undefined
}

function firstBytes(payload: Payload): Uint8Array | undefined {
  if (payload.kind === 'bytes') return payload.data
  return payload.kind === 'base64' ? Buffer.from(payload.data.slice(0, 24), 'base64') : undefined
}
