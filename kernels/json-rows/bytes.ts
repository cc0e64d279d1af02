// The bytes that JSON uses.

export const TAB: u32 = 0x09
export const LF: u32 = 0x0a
export const CR: u32 = 0x0d
export const SPACE: u32 = 0x20
export const QUOTE: u32 = 0x22
export const PLUS: u32 = 0x2b
export const COMMA: u32 = 0x2c
export const MINUS: u32 = 0x2d
export const POINT: u32 = 0x2e
export const ZERO: u32 = 0x30
export const COLON: u32 = 0x3a
export const OPEN_BRACKET: u32 = 0x5b
export const BACKSLASH: u32 = 0x5c
export const CLOSE_BRACKET: u32 = 0x5d
export const OPEN_BRACE: u32 = 0x7b
export const CLOSE_BRACE: u32 = 0x7d
/** `null`, `true` and `fals` as words. */
export const NULL: u32 = 0x6c6c756e
export const TRUE: u32 = 0x65757274
export const FALS: u32 = 0x736c6166

/** Test whether a byte may follow a number, not being part of one. */
export function isEnd(byte: u32): bool {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte <= SPACE
}
