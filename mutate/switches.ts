/** What the instrumented text reads and writes, under a global name of Stryker's. */
interface Switches {
  activeMutant?: string
  currentTestId?: string
  hitCount?: number
  hitLimit?: number
  mutantCoverage?: {
    readonly static: Readonly<Record<string, number>>
    readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>>
  }
}

const global = globalThis as { __stryker__?: Switches }
global.__stryker__ ??= {}

export const switches: Switches = global.__stryker__
