import { decoderOf, type PayloadOption } from './decoder-of.ts'
import { bytesOf, type Payload, type PayloadDecoder, payloadError, textOf } from './payload.ts'
import { placeAt } from './place.ts'
import { userRecordsOf } from './user-records.ts'

const LF = 0x0a
const CR = 0x0d

/**
 * Split payloads with one value per line, as Firehose, agents and many producers write them: each line becomes a
 * separate record with `subSequence`, its index from 0. Lines end with LF or CRLF; blank lines are skipped. The `id` of
 * each is that of the record around it, which the source can redeliver.
 *
 * @param inner - decodes each line, without its end: a schema, `jsonPayload(schema)`. Several values on one line are
 * passed as one text, which JSON rejects.
 * @returns a decoder for `readRecords`, O(bytes). A line that `inner` rejects is one failed result; so is a record
 * without lines, `PAYLOAD_INVALID`.
 * @throws MillraceError `TYPE_MISMATCH` if `inner` is neither a decoder nor a schema.
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
          'must be a single line here: its lines cannot be separate records',
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

/** Bytes are split before they are decoded as text, so that a line in another encoding does not affect the others. */
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
