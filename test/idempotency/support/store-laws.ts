import { test } from 'vitest'
import { storeLaws as lawsOf, type MakeStore } from '../../../src/testing/index.ts'
import { seedOption } from '../../support/law.ts'

/** The laws of `millrace/testing` as tests, under the name of the store. */
export function storeLaws(name: string, makeStore: MakeStore, { runs }: { readonly runs: number }): void {
  for (const law of lawsOf(makeStore, { runs, ...seedOption() })) test(`${name}: ${law.name}`, law.run)
}
