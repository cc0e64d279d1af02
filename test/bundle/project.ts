import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'

/** A folder with files, removed after the test. */
export function project(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-bundle-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** Loads a module as AWS's runtime client does, calls a handler of it, and prints what came. */
const INVOKE = `
const [file, name, event] = process.argv.slice(2)
const loaded = await import(file)
const handler = loaded[name] ?? loaded.default?.[name]
const answer = await handler(JSON.parse(event)).then((value) => ({ value }), (error) => ({ error: error.message, stack: error.stack }))
console.log(JSON.stringify({ names: Object.keys(loaded), ...answer }))
`

export interface Invoked {
  readonly value?: unknown
  readonly error?: string
  readonly stack?: string
  /** Names that a static look at the module finds. */
  readonly names: readonly string[]
  /** Lines that were logged. */
  readonly log: readonly string[]
}

export interface Invocation {
  readonly node?: string
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly event?: unknown
  readonly handler?: string
}

/** Call a handler in a process of its own. */
export function invoke(file: string, invocation: Invocation = {}): Invoked {
  const { node = process.execPath, flags = [], env = {}, event = {}, handler = 'handler' } = invocation
  const script = join(dirname(file), '..', 'invoke.mjs')
  writeFileSync(script, INVOKE)
  const args = [script, pathToFileURL(file).href, handler, JSON.stringify(event)]
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const run = spawnSync(node, [...flags, ...args], { encoding: 'utf8', env: { ...inherited, ...env } })
  const lines = run.stdout.split('\n').filter((line) => line !== '')
  const log = run.stderr.split('\n').filter((line) => line !== '')
  const last = lines.pop()
  if (run.status !== 0 || last === undefined) throw new Error(run.stderr)
  return { ...JSON.parse(last), log: [...lines, ...log] }
}
