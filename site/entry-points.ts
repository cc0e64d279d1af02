import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { entry } from '../tsup.config.ts'
import { ROOT } from './paths.ts'

export interface EntryPoint {
  /** As a user imports it: `millrace/idempotency/s3`. */
  readonly specifier: string
  /** Its source, relative to the project. */
  readonly source: string
}

/** Every subpath that the package exports, in the order of `package.json`, with the source that it is built from. */
export function entryPoints(): readonly EntryPoint[] {
  const { name, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return Object.keys(exports)
    .filter((key) => key !== './package.json')
    .map((key) => {
      const source = entry[key === '.' ? 'index' : key.slice(2).replaceAll('/', '-')]
      if (source === undefined) throw new Error(`tsup.config.ts builds no file for "${key}" of package.json`)
      return { specifier: `${name}${key.slice(1)}`, source }
    })
}
