import { decoderOf, type PayloadOption } from './decoder-of.ts'
import { bytesOf, type Payload, type PayloadDecoder, payloadError, textOf } from './payload.ts'
import { placeAt } from './place.ts'
import { userRecordsOf } from './user-records.ts'

const LF = 0x0a
const CR = 0x0d

/**
 * Payloads with a value on each line, as Firehose, agents and many producers write them: each line becomes a record of its own with `subSequence`,
 * its place from 0. Lines end with LF or CRLF; blank lines are skipped. The `id` of each is that of the record which holds it, because that is what
 * the source can redeliver.
 *
 * @param inner - takes each line, without its end: a schema, `jsonPayload(schema)`. Several values on one line without a separator are one
 * value to it, which JSON refuses.
 * @returns a decoder for `readRecords`, O(bytes). A line that `inner` refuses is one failed result; a record without lines is one, `PAYLOAD_INVALID`.
 * @throws MillraceError `TYPE_MISMATCH` when `inner` is neither a decoder nor a schema.
 * @example
 * const event = { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: '{"id":1}\n\n{"id":2}\n' }] }
 * readRecords(event, linesPayload(jsonPayload())).map(({ subSequence, payload }) => [subSequence, payload.ok && payload.value])
 * // => [[0, { id: 1 }], [1, { id: 2 }]]
 */
export function linesPayload<T>(inner: PayloadOption<T>): PayloadDecoder<T> {
  const decoder = decoderOf('linesPayload', inner)
  return {
    decode: (payload) => {
      const [line, second] = linesOf(payload)
      if (line === undefined || second !== undefined)
        throw payloadError(
          'PAYLOAD_INVALID',
          'must be one line here: its lines cannot be records of their own',
          payload,
        )
      return decoder.decode(line)
    },
    split: (payload) =>
      userRecordsOf(
        linesOf(payload).map((line) => ({ payload: line })),
        decoder,
      ),
  }
}

function linesOf(payload: Payload): readonly Payload[] {
  const lines = payload.kind === 'bytes' || payload.kind === 'base64' ? linesOfBytes(payload) : linesOfText(payload)
  if (lines.length === 0) throw payloadError('PAYLOAD_INVALID', 'has no lines', payload)
  return lines
}

function linesOfText({ place, ...payload }: Payload): Payload[] {
  return textOf({ place, ...payload } as Payload)
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => line.trim() !== '')
    .map((data, index) => ({ kind: 'text', data, place: placeAt(place, index) }))
}

/** Bytes are cut before they are read as text, so that one line of another encoding does not take the others with it. */
function linesOfBytes(payload: Payload): Payload[] {
  const bytes = bytesOf(payload)
  const lines: Payload[] = []
  for (let start = 0; start < bytes.length; ) {
    const next = bytes.indexOf(LF, start)
    const end = next < 0 ? bytes.length : next
    const line = bytes.subarray(start, end > start && bytes[end - 1] === CR ? end - 1 : end)
    if (!line.every(isBlank)) lines.push({ kind: 'bytes', data: line, place: placeAt(payload.place, lines.length) })
    start = end + 1
  }
  return lines
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
}
