/** Write the least inputs that reach what all reached. */
export async function distil(_names: readonly string[], _print: (line: string) => void): Promise<void> {}
