import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FaultKind } from '../../fuzz/finding.ts'
import { describeFinding, saveFinding } from '../../fuzz/findings.ts'
import { fuzzSurface, type ReadySurface, readySurface, replayInputs } from '../../fuzz/fuzz-surface.ts'

const scratch = mkdtempSync(join(tmpdir(), 'fuzz-'))
const LIMITS = { cpuMs: 300, idleMs: 1500, rssMb: 400, heapMb: 128 }
let surface: ReadySurface

/** A surface of the fixture, with folders and limits of its own. */
function ready(name: string): Promise<ReadySurface> {
  const path = fileURLToPath(new URL(`../../fuzz/fixture/${name}.ts`, import.meta.url))
  const folders = { seeds: join(scratch, name, 'seeds'), work: join(scratch, name) }
  return readySurface({ name, path, goal: 1, covers: ['fuzz/fixture/'] }, folders, LIMITS)
}

beforeAll(async () => {
  surface = await ready('planted')
})
afterAll(() => rmSync(scratch, { recursive: true }))

describe('npm run fuzz', () => {
  test('a fault behind four letters is found from a seed without any of them, letter by letter', async () => {
    const letters = await ready('letters')
    const { cases, corpus, faults, broken } = await fuzzSurface(letters, { seed: 1, cases: 60_000, maxMs: 50_000 })
    expect(cases).toBe(60_000)
    expect(corpus).toBeGreaterThan(4)
    expect(broken).toBeUndefined()
    expect(new Set(faults.map(({ fault }) => fault.signature)).size).toBe(1)
    expect(Buffer.from(faults[0]?.input ?? []).toString()).toMatch(/^FUZZ/)
  })

  test.each<[string, FaultKind, RegExp]>([
    ['FUZZ', 'untyped', /TypeError: Cannot read properties of undefined/],
    ['FUZZd', 'difference', /one and other/],
    ['FUZZl', 'slow', /does not end/],
    ['FUZZw', 'slow', /waits/],
    ['FUZZm', 'memory', /more than 400 MB/],
    ['FUZZa', 'crash', /SIGABRT/],
  ])(
    '%s: a fault of kind %s is detected, saved with its input, and reported with the command that shows it again',
    async (text, kind, message) => {
      const input = join(scratch, `input-${text}`)
      writeFileSync(input, text)
      const { faults, broken } = await replayInputs(surface, [input])
      const [shown] = [...faults, ...(broken === undefined ? [] : [broken])]
      if (shown === undefined) throw new Error('nothing was detected')
      expect(shown.fault.kind).toBe(kind)
      expect(Buffer.from(shown.input).toString()).toBe(text)
      const saved = saveFinding(join(scratch, 'findings', 'planted'), shown)
      expect(describeFinding('planted', shown, saved)).toMatch(message)
      expect(describeFinding('planted', shown, saved)).toMatch(
        /npm run fuzz -- --replay \S+findings\/planted\/\w+-\w{8}$/,
      )
      const again = await replayInputs(surface, [saved])
      expect(
        [...again.faults, again.broken].filter((each) => each !== undefined).map(({ fault }) => fault.kind),
      ).toEqual([kind])
    },
  )

  test('an input without fault runs to its end', async () => {
    const input = join(scratch, 'sound')
    writeFileSync(input, 'FUZ')
    expect(await replayInputs(surface, [input])).toMatchObject({ faults: [], broken: undefined })
  })
})
