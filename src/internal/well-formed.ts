/** Check that the text has no lone surrogate, so that UTF-8 can hold it. */
export function isWellFormed(text: string): boolean {
  // In every supported Node; the compiler's ES2023 library does not know it yet.
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}
