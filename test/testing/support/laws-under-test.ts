import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StoreLaw, StoreLawOptions } from '../../../src/testing/index.ts'

export const SEED = 20261121

/** The first failing history is enough in the tests of a file: the smallest takes long to find. */
export function endOnFailure(): void {
  const before = fc.readConfigureGlobal()
  beforeAll(() => fc.configureGlobal({ ...before, endOnFailure: true }))
  afterAll(() => fc.configureGlobal(before))
}

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
function numberedNames(text: string): string {
  const names = new Map<string, number>()
  return text.replaceAll(RANDOM, (name) => {
    if (!names.has(name)) names.set(name, names.size)
    return `name ${names.get(name)}`
  })
}

/** Tests of what the laws take. */
export function testArguments(name: string, laws: (makeStore: never, options?: StoreLawOptions) => unknown): void {
  test('names itself and what it takes', () => {
    expect(() => laws(7 as never)).toThrow(new RegExp(`^${name}: makeStore must be a function.*write ${name}\\(`))
    for (const options of [{ runs: 0 }, { runs: 1.5 }, { seed: 2 ** 32 }, { seed: 0.5 }, { run: 1 }])
      expect(() => laws((() => ({})) as never, options)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(new RegExp(`^${name}: `)) }),
      )
  })
}

/**
 * Tests of what a seed means.
 *
 * @param heard - everything that a law asks of a store, and hears from it.
 * @param asked - hashes of it for each law. A failing seed of a user replays after an upgrade as long as they stay.
 */
export function testSeeds(heard: (law: number, seed?: number) => Promise<string>, asked: readonly string[]): void {
  describe('a seed', () => {
    test.each(asked.map((hash, law) => [law, hash] as const))(
      'of law %d asks for the same as ever',
      async (law, hash) => {
        const text = numberedNames(await heard(law, SEED))
        expect(createHash('sha256').update(text).digest('hex').slice(0, 16)).toBe(hash)
      },
    )

    test('is followed; without one that of fast-check is', async () => {
      const text = numberedNames(await heard(0, 1))
      expect(numberedNames(await heard(0, 1))).toBe(text)
      expect(numberedNames(await heard(0, 2))).not.toBe(text)
      const before = fc.readConfigureGlobal()
      fc.configureGlobal({ ...before, seed: 1 })
      const own = await heard(0).finally(() => fc.configureGlobal(before))
      expect(numberedNames(own)).toBe(text)
    })
  })
}
