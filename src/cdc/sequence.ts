import { MillraceError } from '../errors.ts'
import { checkArgument } from '../internal/check-arguments.ts'

/** Most digits that DynamoDB documents for a sequence number. */
const DIGITS = 40

const LEADING_ZEROS = /^0+(?=.)/

/**
 * Compare two sequence numbers of a DynamoDB stream: they are integers too long for a number, with texts of different lengths.
 *
 * They only order changes of the same item; between items they have no meaning.
 *
 * @returns negative if `left` is older, positive if it is newer, 0 if they are equal. O(digits).
 * @throws MillraceError `TYPE_MISMATCH` for a value that is not a string.
 * @example
 * ['1000', '999', '1001'].sort(compareSequences) // => ['999', '1000', '1001']
 */
export function compareSequences(left: string, right: string): number {
  if (typeof left !== 'string' || typeof right !== 'string')
    checkArgument('compareSequences', 'both', [left, right], 'strings')
  const first = left.replace(LEADING_ZEROS, '')
  const second = right.replace(LEADING_ZEROS, '')
  if (first.length !== second.length) return first.length - second.length
  return first < second ? -1 : first > second ? 1 : 0
}

/**
 * Pad a sequence number with zeros to 40 digits, so that its text sorts like the number: in SQL, in Parquet statistics, in keys.
 *
 * @throws MillraceError `EVENT_INVALID` for an invalid sequence number, or a longer one than DynamoDB documents;
 * `TYPE_MISMATCH` for a value that is not a string.
 * @example
 * padSequence('111').length // => 40
 */
export function padSequence(sequence: string): string {
  if (typeof sequence !== 'string') checkArgument('padSequence', 'sequence', sequence, 'string')
  if (!isSequence(sequence) || sequence.length > DIGITS) {
    throw new MillraceError('EVENT_INVALID', `a sequence number of DynamoDB is up to ${DIGITS} digits`)
  }
  return sequence.replace(LEADING_ZEROS, '').padStart(DIGITS, '0')
}

/** Test whether a text has the form of a sequence number: digits. */
export function isSequence(text: string): boolean {
  return /^\d+$/.test(text)
}
