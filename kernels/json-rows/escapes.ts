// The escapes of strings.

import { NOWHERE } from '../shared/digits'
import { BACKSLASH, CR, LF, QUOTE, TAB, ZERO } from './bytes'

/** End of the text of the last escape. */
export let escapeEnd: usize = 0

/** Write the character of the escape at `at`, up to {@link escapeEnd}. @returns the offset after it, or NOWHERE if it is invalid. */
export function takeEscape(at: usize, to: usize): usize {
  let byte: u32 = load<u8>(at, 1)
  switch (byte) {
    case 0x75:
      return takeUnicodeEscape(at, to)
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
      break
    case 0x62:
      byte = 8
      break
    case 0x66:
      byte = 12
      break
    case 0x6e:
      byte = LF
      break
    case 0x72:
      byte = CR
      break
    case 0x74:
      byte = TAB
      break
    default:
      return NOWHERE
  }
  store<u8>(to, <u8>byte)
  escapeEnd = to + 1
  return at + 2
}

/** `\u00e9`, or a pair of surrogates. */
function takeUnicodeEscape(at: usize, to: usize): usize {
  let code = codeUnit(at + 2)
  if (code > 0xffff) return NOWHERE
  at += 6
  if ((code & 0xf800) === 0xd800) {
    const low = load<u16>(at) === 0x755c ? codeUnit(at + 2) : 0
    if (code >= 0xdc00 || (low & 0xfffffc00) !== 0xdc00) return NOWHERE
    code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff)
    at += 6
  }
  if (code < 0x80) store<u8>(to++, <u8>code)
  else {
    if (code < 0x800) store<u8>(to++, <u8>(0xc0 | (code >> 6)))
    else {
      if (code < 0x10000) store<u8>(to++, <u8>(0xe0 | (code >> 12)))
      else {
        store<u8>(to++, <u8>(0xf0 | (code >> 18)))
        store<u8>(to++, <u8>(0x80 | ((code >> 12) & 0x3f)))
      }
      store<u8>(to++, <u8>(0x80 | ((code >> 6) & 0x3f)))
    }
    store<u8>(to++, <u8>(0x80 | (code & 0x3f)))
  }
  escapeEnd = to
  return at
}

/** Four hexadecimal digits as a number, or one over 0xffff if they are invalid. */
function codeUnit(at: usize): u32 {
  let unit: u32 = 0
  for (const end = at + 4; at < end; at++) {
    let digit: u32 = load<u8>(at) - ZERO
    if (digit > 9) {
      digit = (load<u8>(at) | 0x20) - 0x61
      if (digit > 5) return 0x10000
      digit += 10
    }
    unit = (unit << 4) | digit
  }
  return unit
}
