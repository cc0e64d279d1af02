import { MillraceError } from '../errors.ts'
import { checkOptions } from '../internal/check-arguments.ts'
import { checkCount } from '../internal/check-count.ts'
import { checkDepth, type JsonLimits, parseExactJson } from './exact-json.ts'
import { type Payload, type PayloadDecoder, payloadError, textOf } from './payload.ts'
import type { Place } from './place.ts'
import { registryOf } from './schema-registry.ts'
import type { StandardIssue, StandardResult, StandardSchema } from './standard-schema.ts'

/** A depth at which a walk of the value cannot overflow the stack. */
const MAX_DEPTH = 1000

/**
 * Decode payloads as JSON, and validate them with an optional schema.
 *
 * An integer beyond 2^53 is passed to the schema as a bigint: a schema for a number rejects it, one for a bigint gets
 * it exactly, one that converts it to a string gets its digits. A number with a fraction or an exponent is a double;
 * one out of range (`1e400`) is rejected. A key `__proto__` is an ordinary own key. If a source itself carries JSON,
 * such as the detail of an EventBridge event, that is the value; Lambda's runtime has already parsed it and rounded
 * integers beyond 2^53: producers should send them as text. The payload is not inflated: see `gunzipPayload`.
 *
 * Bytes that begin with the header of a schema registry (Confluent or AWS Glue) are not JSON; the error names the registry.
 *
 * @param schema - any synchronous Standard Schema: zod, zod/mini, valibot, arktype.
 * @param options.maxDepth - most levels of nested objects and lists. Default 64, at most 1,000.
 * @returns a decoder for `readRecords`, O(characters). Invalid JSON, and a value that the schema rejects, fail with
 * `PAYLOAD_INVALID`, the path to the first fault and, for a schema, its issues as `cause` (these may quote the data,
 * the error itself never does); bytes that are not UTF-8 with `ENCODING_INVALID`; values nested too deeply with
 * `LIMIT_EXCEEDED`.
 * @throws MillraceError `OPTION_INVALID` if `schema` is not a Standard Schema, and for unknown options.
 * @example
 * const order = z.object({ id: z.bigint() })
 * const event = { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: '{"id":9007199254740993}' }] }
 * readRecords(event, jsonPayload(order)).map(({ payload }) => payload) // => [{ ok: true, value: { id: 9007199254740993n } }]
 */
export function jsonPayload(schema?: undefined, options?: Partial<JsonLimits>): PayloadDecoder<unknown>
export function jsonPayload<T>(schema: StandardSchema<T>, options?: Partial<JsonLimits>): PayloadDecoder<T>
export function jsonPayload(
  schema?: StandardSchema<unknown>,
  options: Partial<JsonLimits> = {},
): PayloadDecoder<unknown> {
  checkOptions('jsonPayload', options, { maxDepth: 'number' }, 'write jsonPayload(schema, { maxDepth: 100 })')
  const { maxDepth = 64 } = options
  checkCount('jsonPayload: maxDepth', maxDepth, 0, MAX_DEPTH)
  const limits = { maxDepth }
  const read = (payload: Payload): unknown => {
    if (payload.kind === 'none') return null
    if (payload.kind === 'json') return checkDepth(payload.data, payload.place, limits)
    try {
      return parseExactJson(textOf(payload), payload.place, limits)
    } catch (error) {
      throw framedError(payload) ?? error
    }
  }
  if (schema === undefined) return { decode: read }
  const validate = schema?.['~standard']?.validate
  if (typeof validate !== 'function') {
    throw new MillraceError(
      'OPTION_INVALID',
      'jsonPayload expects a Standard Schema, such as one from zod, valibot or arktype',
    )
  }
  return { decode: (payload) => check(validate, read(payload), payload.place) }
}

function check(validate: (value: unknown) => unknown, value: unknown, place: Place): unknown {
  let result: StandardResult<unknown> | Promise<unknown>
  try {
    result = validate(value) as StandardResult<unknown> | Promise<unknown>
  } catch (cause) {
    throw payloadError('PAYLOAD_INVALID', 'made its schema throw', { place, cause })
  }
  if ('then' in result) {
    // Nothing awaits it, so its failure must not end the process.
    result.then(undefined, () => {})
    throw payloadError('PAYLOAD_INVALID', 'has a schema that is asynchronous, or throws: pass a synchronous one', {
      place,
    })
  }
  if (result.issues === undefined) return result.value
  const [issue] = result.issues
  throw payloadError('PAYLOAD_INVALID', ruleOf(issue), { place, steps: stepsOf(issue), cause: result.issues })
}

/**
 * Describe an issue by the type that the schema expects, which zod, valibot and arktype all name: their messages may
 * contain data, and are omitted.
 */
function ruleOf(issue: StandardIssue | undefined): string {
  if (issue === undefined || !('expected' in issue) || typeof issue.expected !== 'string') {
    return 'does not match its schema'
  }
  return `does not match its schema: expected ${issue.expected.slice(0, 80)}`
}

function stepsOf(issue: StandardIssue | undefined): (string | number)[] {
  return (issue?.path ?? []).map((step) => {
    const key = typeof step === 'object' ? step.key : step
    return typeof key === 'number' ? key : String(key)
  })
}

/** Create the error of a payload with the header of a schema registry; undefined for any other. */
function framedError(payload: Payload): MillraceError | undefined {
  const registry = registryOf(payload)
  if (registry === undefined) return undefined
  return payloadError(
    'PAYLOAD_INVALID',
    `is not JSON: it begins with the header of ${registry}; decode it with the registry's deserializer in a custom decoder, or let the event source mapping do it`,
    { place: payload.place },
  )
}
