import type { StoreLaw } from '../../../src/testing/index.ts'

/** The text of a law's failure, with its cause. */
export async function failureOf(law: StoreLaw | undefined): Promise<string> {
  const failure: unknown = await law?.run().then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(failure instanceof Error)) return 'no failure'
  return `${failure.message}\n${failure.cause instanceof Error ? failure.cause.message : ''}`
}

const RANDOM = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|"key":"[^"#]{30,}"/g

/** A text with each random name and hash in it as its number by first appearance. */
export function numberedNames(text: string): string {
  const names = new Map<string, number>()
  return text.replaceAll(RANDOM, (name) => {
    if (!names.has(name)) names.set(name, names.size)
    return `name ${names.get(name)}`
  })
}
