import { checkLength, dataBytes, refused, textBytes } from './entry-rules.ts'

/** An attribute of an SQS or SNS message. */
export interface MessageAttribute {
  readonly DataType?: string | undefined
  readonly StringValue?: string | undefined
  readonly BinaryValue?: Uint8Array | undefined
}

interface MessageFields {
  readonly MessageAttributes?: Readonly<Record<string, MessageAttribute>> | undefined
  readonly MessageGroupId?: string | undefined
  readonly MessageDeduplicationId?: string | undefined
}

/** Characters that XML 1.0 does not allow. `textBytes` detects lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that SQS rejects
const REFUSED_CHARACTERS = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]*[\w-]$/i
const ID = /^[!-~]{1,128}$/

/**
 * Count the UTF-8 bytes of a field that the service sends as XML.
 *
 * @throws MillraceError `TYPE_MISMATCH`, `ENCODING_INVALID`.
 */
export function xmlTextBytes(field: string, text: unknown): number {
  const bytes = textBytes(field, text)
  if (REFUSED_CHARACTERS.test(text as string)) {
    throw refused('ENCODING_INVALID', field, 'has a character that the service rejects, such as a control character')
  }
  return bytes
}

/**
 * Check the group id and the deduplication id of a message.
 *
 * @param isFifo - whether the queue or topic keeps order, so that every message needs a group.
 * @throws MillraceError `TYPE_MISMATCH`.
 */
export function checkIds({ MessageGroupId, MessageDeduplicationId }: MessageFields, isFifo: boolean): void {
  if (isFifo && MessageGroupId === undefined) throw refused('TYPE_MISMATCH', 'MessageGroupId', 'is needed for FIFO')
  checkId('MessageGroupId', MessageGroupId)
  checkId('MessageDeduplicationId', MessageDeduplicationId)
}

/**
 * Count the bytes of the attributes of a message: names, types and values.
 *
 * @throws MillraceError `TYPE_MISMATCH`, `ENCODING_INVALID`, `LIMIT_EXCEEDED`.
 */
export function attributesBytes({ MessageAttributes: attributes }: MessageFields, most: number): number {
  if (attributes === undefined) return 0
  if (typeof attributes !== 'object' || attributes === null) {
    throw refused('TYPE_MISMATCH', 'MessageAttributes', 'must be an object')
  }
  const entries = Object.entries(attributes)
  if (entries.length > most) {
    throw refused('LIMIT_EXCEEDED', 'MessageAttributes', `has ${entries.length} attributes; the limit is ${most}`)
  }
  return entries.reduce((sum, [name, attribute]) => sum + attributeBytes(name, attribute), 0)
}

function attributeBytes(name: string, attribute: MessageAttribute): number {
  if (!ATTRIBUTE_NAME.test(name))
    throw refused('TYPE_MISMATCH', 'MessageAttributes', 'has a name that the service rejects')
  checkLength('a name in MessageAttributes', name, 256)
  const { DataType, StringValue, BinaryValue } = Object(attribute) as MessageAttribute
  if (typeof DataType !== 'string' || !/^(String|Number|Binary)(\.|$)/.test(DataType)) {
    throw refused('TYPE_MISMATCH', 'DataType in MessageAttributes', 'must begin with String, Number or Binary')
  }
  const bytes = DataType.startsWith('Binary')
    ? dataBytes('BinaryValue in MessageAttributes', BinaryValue)
    : xmlTextBytes('StringValue in MessageAttributes', StringValue)
  if (bytes === 0) throw refused('TYPE_MISMATCH', 'BinaryValue in MessageAttributes', 'must not be empty')
  return name.length + textBytes('DataType in MessageAttributes', DataType) + bytes
}

function checkId(field: string, id: unknown): void {
  if (id === undefined || (typeof id === 'string' && ID.test(id))) return
  throw refused('TYPE_MISMATCH', field, 'must be 1 to 128 ASCII letters, digits or punctuation marks')
}
