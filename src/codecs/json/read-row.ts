import { parseInt64 } from '../../internal/int64.ts'
import { parseTimestamp, type TimestampUnit } from '../../internal/iso8601.ts'
import {
  type Cursor,
  EXPECTED_COMMA_OR_BRACE,
  EXPECTED_COMMA_OR_BRACKET,
  EXPECTED_KEY,
  fail,
  LISTS_TOO_LARGE,
  REPEATED_KEY,
  TOO_DEEP,
} from './cursor.ts'
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  FALSE,
  LOWER_F,
  LOWER_T,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  POINT,
  QUOTE,
  SPACE,
  skipColon,
  skipSpace,
  skipString,
  skipWord,
  TRUE,
  ZERO,
} from './grammar.ts'
import { ensureSlots, fillOffsets, type JsonColumn, missingChild, READ } from './json-column.ts'
import { isKeyOf, nearKey } from './match-key.ts'
import { misfit, missingValue, unknownKey } from './misfit.ts'
import { isFloatMark, otherInt64, otherValue, readRareValue, setValid } from './other-value.ts'
import { readLongFloat, readLongString } from './read-value.ts'
import { keyText } from './string-text.ts'

/** Digits that a double counts exactly. */
const EXACT_DIGITS = 15
const TWO_32 = 2 ** 32
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
/**
 * Read the object at `at` into a struct's fields, all at one slot. Keys are expected in the order of the last object that had another,
 * compared byte by byte; a key that is found nowhere near is looked up by name.
 *
 * Like all functions here: returns the offset after the value, or -1 with the cursor's fault set.
 */
export function readObject(cursor: Cursor, struct: JsonColumn, slot: number, at: number, depth: number): number {
  const { bytes } = cursor
  let previous: JsonColumn | undefined
  let expected = struct.first
  at++
  if ((bytes[at] as number) <= SPACE) at = skipSpace(cursor, at)
  if (bytes[at] === CLOSE_BRACE) return endObject(cursor, struct, slot, at)
  for (;;) {
    if (bytes[at] !== QUOTE) return fail(cursor, EXPECTED_KEY, at)
    at++
    let column = expected
    if (column === undefined || !isKeyOf(cursor, column, at)) {
      column = nearKey(cursor, column, at)
      if (column === undefined) {
        const end = skipString(cursor, at - 1)
        if (end < 0) return end
        const name = keyText(bytes, at, end - 1)
        column = struct.byName.get(name)
        if (column === undefined) return unknownKey(cursor, struct, name, at - 1)
        if (previous === undefined) struct.first = column
        else previous.next = column
        at = end
      } else at += column.key.length
    } else at += column.key.length
    if (column.last >= slot) return fail(cursor, REPEATED_KEY, at)
    column.last = slot
    if (bytes[at] === COLON) at++
    else {
      at = skipColon(cursor, at)
      if (at < 0) return at
    }
    if ((bytes[at] as number) <= SPACE) at = skipSpace(cursor, at)
    at = readValue(cursor, column, slot, at, depth)
    if (at < 0) return at
    let byte = bytes[at] as number
    if (byte <= SPACE) {
      at = skipSpace(cursor, at)
      byte = bytes[at] as number
    }
    if (byte === CLOSE_BRACE) return endObject(cursor, struct, slot, at)
    if (byte !== COMMA) return fail(cursor, EXPECTED_COMMA_OR_BRACE, at)
    at++
    if ((bytes[at] as number) <= SPACE) at = skipSpace(cursor, at)
    previous = column
    expected = column.next
  }
}

function endObject(cursor: Cursor, struct: JsonColumn, slot: number, at: number): number {
  if (struct.required.length === 0) return at + 1
  const missing = missingChild(struct, slot)
  return missing === undefined ? at + 1 : missingValue(cursor, missing, at)
}

/**
 * Read the value at `at` into a slot of a column. One switch over plain loops, because a call per value through a function of the
 * column's own costs more than the reading of a short value.
 */
export function readValue(cursor: Cursor, column: JsonColumn, slot: number, at: number, depth: number): number {
  const { bytes } = cursor
  switch (column.readAs) {
    case READ.string: {
      if (bytes[at] !== QUOTE) return otherValue(cursor, column, at, depth)
      if (column.filled !== slot) fillOffsets(column, slot)
      const { view } = cursor
      const { bytes: out, bytesView } = column
      const lastWord = bytes.length - 4
      const lastRoom = out.length - 4
      let used = column.used
      let place = at + 1
      // Four bytes at a time while none of them ends the run.
      while (place <= lastWord && used <= lastRoom) {
        const word = view.getInt32(place, true)
        if (endsRun(word)) break
        bytesView.setInt32(used, word, true)
        place += 4
        used += 4
      }
      let byte = bytes[place] as number
      while (byte !== QUOTE && byte !== BACKSLASH && byte >= SPACE) {
        out[used++] = byte
        byte = bytes[++place] as number
      }
      // Writes beyond the end of `out` went nowhere: such a string, one with escapes and one too long are read again.
      if (byte !== QUOTE || used > out.length || place - at > cursor.maxFieldBytes) {
        place = readLongString(cursor, column, at)
        if (place < 0) return place
        used = column.used
      } else {
        column.used = used
        place++
      }
      column.offsets[slot + 1] = used
      column.filled = slot + 1
      setValid(column.validity, slot)
      return place
    }
    case READ.int64: {
      let place = at
      let byte = bytes[place] as number
      if (byte === MINUS) byte = bytes[++place] as number
      let digit = byte - ZERO
      if (digit >>> 0 > 9) return otherInt64(cursor, column, slot, at, depth)
      const first = place
      let value = digit
      digit = (bytes[++place] as number) - ZERO
      while (digit >>> 0 <= 9) {
        value = value * 10 + digit
        digit = (bytes[++place] as number) - ZERO
      }
      if (isFloatMark(digit + ZERO)) return misfit(cursor, column, at, depth)
      if (place - first > EXACT_DIGITS || byte === ZERO) {
        if (!parseInt64(bytes, at, place, column.ints, slot)) return misfit(cursor, column, at, depth)
      } else {
        if (first !== at) value = -value
        column.ints[2 * slot] = value
        column.ints[2 * slot + 1] = Math.floor(value / TWO_32)
      }
      setValid(column.validity, slot)
      return place
    }
    case READ.float64: {
      let place = at
      let byte = bytes[place] as number
      if (byte === MINUS) byte = bytes[++place] as number
      let digit = byte - ZERO
      if (digit >>> 0 > 9) return otherValue(cursor, column, at, depth)
      let digits = 1
      let mantissa = digit
      let fraction = 0
      digit = (bytes[++place] as number) - ZERO
      while (digit >>> 0 <= 9) {
        mantissa = mantissa * 10 + digit
        digits++
        digit = (bytes[++place] as number) - ZERO
      }
      const whole = digits
      if (digit === POINT - ZERO) {
        digit = (bytes[++place] as number) - ZERO
        while (digit >>> 0 <= 9) {
          mantissa = mantissa * 10 + digit
          digits++
          digit = (bytes[++place] as number) - ZERO
        }
        fraction = digits - whole
      }
      byte = bytes[place - 1] as number
      const isPlain = digits <= EXACT_DIGITS && byte !== POINT && !isFloatMark(digit + ZERO)
      if (!isPlain || (whole > 1 && bytes[at] === ZERO) || (bytes[at] === MINUS && bytes[at + 1] === ZERO)) {
        return readLongFloat(cursor, column, slot, at, depth)
      }
      // Both operands are exact, so the one rounding of the quotient is the right one (Clinger 1990).
      const value = mantissa / (POWERS[fraction] as number)
      column.floats[slot] = bytes[at] === MINUS ? -value : value
      setValid(column.validity, slot)
      return place
    }
    case READ.bool: {
      const byte = bytes[at]
      if (byte !== LOWER_T && byte !== LOWER_F) return otherValue(cursor, column, at, depth)
      const end = skipWord(cursor, at, byte === LOWER_T ? TRUE : FALSE)
      if (end < 0) return end
      if (byte === LOWER_T) setValid(column.bits, slot)
      setValid(column.validity, slot)
      return end
    }
    case READ.timestamp: {
      if (bytes[at] !== QUOTE) return otherValue(cursor, column, at, depth)
      // The two usual lengths; if the quote found there is not the string's own, the text before it is no time.
      const place = bytes[at + 25] === QUOTE ? at + 25 : at + 21
      const unit = column.unit as TimestampUnit
      if (bytes[place] !== QUOTE || !parseTimestamp(bytes, at + 1, place, unit, column.ints, slot)) {
        return readRareValue(cursor, column, slot, at, depth)
      }
      setValid(column.validity, slot)
      return place + 1
    }
    case READ.struct:
      if (bytes[at] !== OPEN_BRACE) return otherValue(cursor, column, at, depth)
      if (depth >= cursor.maxDepth) return fail(cursor, TOO_DEEP, at)
      setValid(column.validity, slot)
      return readObject(cursor, column, slot, at, depth + 1)
    case READ.list:
      if (bytes[at] !== OPEN_BRACKET) return otherValue(cursor, column, at, depth)
      if (depth >= cursor.maxDepth) return fail(cursor, TOO_DEEP, at)
      return readList(cursor, column, slot, at, depth + 1)
    default:
      return readRareValue(cursor, column, slot, at, depth)
  }
}

/**
 * Whether any of four bytes is a quote, a backslash or a control character; bytes over 127 never are. A byte is less than `n` if taking `n` from it
 * borrows its high bit, which was not set before (Warren, "Hacker's Delight", 6-1); a borrow between bytes only follows such a byte.
 */
function endsRun(word: number): boolean {
  const quote = word ^ 0x22222222
  const backslash = word ^ 0x5c5c5c5c
  const control = (word - 0x20202020) & ~word
  return ((control | ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash)) & HIGH_BITS) !== 0
}

const HIGH_BITS = 0x80808080 | 0

function readList(cursor: Cursor, list: JsonColumn, slot: number, at: number, depth: number): number {
  const { bytes } = cursor
  const items = list.children[0] as JsonColumn
  fillOffsets(list, slot)
  let index = list.used
  at = skipSpace(cursor, at + 1)
  if (bytes[at] === CLOSE_BRACKET) at++
  else {
    for (;;) {
      if (index >= items.capacity) {
        // The room doubles, and items may take far more of it than of the text.
        if (2 * index * list.itemBytes > cursor.maxRowBytes) return fail(cursor, LISTS_TOO_LARGE, at)
        ensureSlots(items, index + 1)
      }
      items.last = index
      at = readValue(cursor, items, index, at, depth)
      if (at < 0) return at
      if (list.required.length > 0 && missingChild(list, index) !== undefined) return missingValue(cursor, items, at)
      index++
      let byte = bytes[at] as number
      if (byte <= SPACE) {
        at = skipSpace(cursor, at)
        byte = bytes[at] as number
      }
      at++
      if (byte === CLOSE_BRACKET) break
      if (byte !== COMMA) return fail(cursor, EXPECTED_COMMA_OR_BRACKET, at - 1)
      if ((bytes[at] as number) <= SPACE) at = skipSpace(cursor, at)
    }
  }
  cursor.itemBytes += (index - list.used) * list.itemBytes
  list.used = index
  list.offsets[slot + 1] = index
  list.filled = slot + 1
  setValid(list.validity, slot)
  return at
}
