import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

interface Manifest {
  readonly name: string
  readonly version: string
  readonly engines: { readonly node: string }
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

export const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** Every subpath as a user writes it: `millrace`, `millrace/codecs`, ... */
export const subpaths: readonly string[] = Object.keys(manifest.exports)
  .filter((key) => key !== './package.json')
  .map((key) => `${manifest.name}${key.slice(1)}`)

/** The subpaths that load an optional peer, and which. The others must work where no peer is installed. */
export const PEER_OF: Readonly<Record<string, string>> = {
  'millrace/s3': '@aws-sdk/client-s3',
  'millrace/idempotency/s3': '@aws-sdk/client-s3',
  'millrace/idempotency/dynamodb': '@aws-sdk/client-dynamodb',
  'millrace/send/sqs': '@aws-sdk/client-sqs',
  'millrace/send/sns': '@aws-sdk/client-sns',
  'millrace/send/kinesis': '@aws-sdk/client-kinesis',
  'millrace/send/firehose': '@aws-sdk/client-firehose',
  'millrace/send/eventbridge': '@aws-sdk/client-eventbridge',
  'millrace/send/dynamodb': '@aws-sdk/client-dynamodb',
  'millrace/dataset': '@aws-sdk/client-s3',
  'millrace/fanout': '@aws-sdk/client-s3',
  'millrace/fanout/s3': '@aws-sdk/client-s3',
  'millrace/fanout/dynamodb': '@aws-sdk/client-dynamodb',
  'millrace/testing': 'fast-check',
}

/** The built file of a subpath: `millrace/codecs` is `dist/codecs.js`. */
export function builtFile(subpath: string, extension: '.js' | '.cjs' = '.js'): string {
  const name = subpath === manifest.name ? 'index' : subpath.slice(manifest.name.length + 1).replaceAll('/', '-')
  const file = join(ROOT, 'dist', name + extension)
  if (!existsSync(file)) throw new Error(`${file} is missing: run \`npm run build\` first`)
  return file
}

/** `npm pack` of what is built, in a fresh folder; gives the tarball. */
export function pack(folder: string): string {
  subpaths.forEach((subpath) => void builtFile(subpath))
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const [packed] = JSON.parse(
    execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )
  return join(folder, packed.filename)
}

/**
 * A scratch project with the tarball in its `node_modules` and, beside it, the packages that the tarball declares and no others: an import that
 * is not declared fails here. The packages are links to this project's own, so that the test needs no registry.
 */
export function install(tarball: string, folder: string, packages = Object.keys(manifest.dependencies)): string {
  const home = join(folder, 'node_modules', manifest.name)
  mkdirSync(home, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }))
  execFileSync('tar', ['-xzf', tarball, '-C', home, '--strip-components=1'])
  for (const name of packages) linkPackage(folder, name)
  return folder
}

/** Put one of this project's packages into a scratch project. */
export function linkPackage(folder: string, name: string): void {
  const link = join(folder, 'node_modules', name)
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(realpathSync(join(ROOT, 'node_modules', name)), link, 'junction')
}

export function scratchFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'millrace-package-')))
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** The `node` of the machine rather than of this project's `node_modules`; undefined where there is none. */
export function machineNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  return folders.map((folder) => join(folder, 'node')).find((file) => existsSync(file))
}
