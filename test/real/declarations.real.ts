import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  install,
  linkPackage,
  manifest,
  PEER_OF,
  pack,
  ROOT,
  removeFolder,
  scratchFolder,
  subpaths,
} from '../package/support/packed.ts'
import { realPackage } from './packages.ts'

const home = scratchFolder()
afterAll(() => removeFolder(home))

const COMPILERS: readonly [string, string | undefined][] = [
  ['TypeScript 5.9', join(ROOT, 'node_modules/typescript')],
  ['TypeScript 7', realPackage('typescript-7')],
]
const NODES = ['types-node-20', 'types-node-22', 'types-node-25', 'types-node-26']
/** Code as users write it. */
const FILES = ['pipelines.mts', 'aws-lambda.mts']
const STRICT = [
  '--noEmit',
  '--strict',
  '--exactOptionalPropertyTypes',
  '--skipLibCheck',
  'false',
  '--target',
  'es2022',
  '--types',
  'node',
]

let packed: string | undefined
const tarball = (): string => {
  packed ??= pack(home)
  return packed
}

/** A strict project with the packed tarball and one version of `@types/node`. */
function project(types: string, name: string): string {
  const folder = join(home, name)
  mkdirSync(folder)
  install(tarball(), folder)
  for (const peer of new Set(Object.values(PEER_OF))) if (peer in manifest.peerDependencies) linkPackage(folder, peer)
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
  cpSync(types, join(folder, 'node_modules/@types/node'), { recursive: true, dereference: true })
  const undici = dirname(createRequire(join(types, 'package.json')).resolve('undici-types/package.json'))
  symlinkSync(undici, join(folder, 'node_modules/undici-types'), 'junction')
  linkPackage(folder, '@types/aws-lambda')
  for (const file of FILES) cpSync(join(ROOT, 'test/package/support', file), join(folder, file))
  writeFileSync(
    join(folder, 'all.mts'),
    subpaths.map((subpath, at) => `export * as m${at} from '${subpath}'\n`).join(''),
  )
  return folder
}

function problems(compiler: string, folder: string, ...args: readonly string[]): string {
  try {
    execFileSync(process.execPath, [join(compiler, 'bin/tsc'), ...STRICT, ...args], { cwd: folder, stdio: 'pipe' })
    return ''
  } catch (error) {
    return String(Object(error).stdout)
  }
}

describe.each(NODES)('declarations under @types/node of %s', (name) => {
  const types = realPackage(name)
  test.skipIf(types === undefined).each(COMPILERS)('compile with %s, libraries checked', (compilerName, compiler) => {
    if (compiler === undefined) return
    const folder = project(types ?? '', `${name}-${compilerName}`)
    const modules = ['--module', 'node16', '--moduleResolution', 'node16']
    expect(problems(compiler, folder, ...modules, ...FILES, 'all.mts')).toBe('')
  })
})
