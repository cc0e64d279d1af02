/** Counters of features that a surface notes by itself, before those of the code. */
export const FEATURES = 4096

/** One counter for each branch of the code under test, which the inserted statements increment; they wrap at 256. */
export const hits = new Uint8Array(65_536)

/** Count a feature of what came out, such as a number of rows: where no counter can be inserted, as in a kernel, it is what guides. */
export function note(feature: number): void {
  const at = (Math.imul(feature, 0x9e3779b1) >>> 20) & (FEATURES - 1)
  hits[at] = ((hits[at] as number) + 1) & 0xff
}
