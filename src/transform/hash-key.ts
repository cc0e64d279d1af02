/** Create four random words, without which two rows of one hash cannot be made on purpose. */
export function hashKey(random: (() => number) | undefined): Int32Array {
  const key = new Int32Array(4)
  // The global one, since `node:crypto` takes longer to load than the rest of the transforms.
  return random === undefined ? crypto.getRandomValues(key) : key.map(() => Math.floor(random() * 2 ** 32))
}
