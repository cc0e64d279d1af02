/** Copy a value, most of which are short; up to 31 bytes behind it are read and written with it. */
export function copyText(to: usize, from: usize, length: usize): void {
  v128.store(to, v128.load(from))
  v128.store(to, v128.load(from, 16), 16)
  if (length > 32) {
    if (length > 256) memory.copy(to, from, length)
    else for (let at: usize = 32; at < length; at += 16) v128.store(to + at, v128.load(from + at))
  }
}
