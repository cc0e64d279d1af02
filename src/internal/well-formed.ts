/** Check that the text has no lone surrogate, so that UTF-8 can represent it. */
export function isWellFormed(text: string): boolean {
  // Exists in every supported Node, but not in the compiler's ES2023 library.
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}
