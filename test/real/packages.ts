import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Packages of the registry that the real tests run against, by the name of their folder: too large for everybody's `npm ci`. */
const PACKAGES: Readonly<Record<string, string>> = {
  'aws-lambda-ric': 'npm:aws-lambda-ric@4.0.2',
  'types-node-20': 'npm:@types/node@20.19.43',
  'types-node-22': 'npm:@types/node@22.20.7',
  'types-node-25': 'npm:@types/node@25.9.9',
  'types-node-26': 'npm:@types/node@26.6.7',
  'typescript-7': 'npm:typescript@7.0.2',
  'client-s3-oldest': 'npm:@aws-sdk/client-s3@3.700.0',
  'client-s3-stalling': 'npm:@aws-sdk/client-s3@3.800.0',
}

/** Where everything is installed that is not of the project. */
export const CACHE = process.env['MILLRACE_REAL_CACHE'] ?? join(tmpdir(), 'millrace-real-servers')

/** The folder of a package, where it could be installed. */
export function realPackage(name: string, home = process.env['REAL_PACKAGES']): string | undefined {
  const folder = home === undefined ? '' : join(home, name, 'node_modules', name)
  return existsSync(folder) ? folder : undefined
}

/** Install them, each into a folder of its own, outside of the project. */
export function installPackages(cache: string, names: readonly string[] = Object.keys(PACKAGES)): string {
  for (const name of names) {
    const version = PACKAGES[name]
    const folder = join(cache, name)
    if (existsSync(join(folder, 'node_modules', name))) continue
    mkdirSync(folder, { recursive: true })
    // npm runs the scripts of packages that are named here alone.
    const manifest = { private: true, allowScripts: { 'aws-lambda-ric': true } }
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
    // AWS's runtime client is compiled when it is installed: it needs autoconf, automake, libtool, cmake and g++.
    const scripts = name === 'aws-lambda-ric' ? [] : ['--ignore-scripts']
    const args = ['install', '--no-save', ...scripts, '--prefix', folder, `${name}@${version}`]
    if (spawnSync('npm', args, { stdio: 'ignore' }).status !== 0)
      console.log(`SKIPPED: ${name}: npm could not install ${version}`)
    // npm 11.19 takes the name for none of an alias, and skips the scripts after all.
    else if (name === 'aws-lambda-ric' && !existsSync(join(folder, 'node_modules', name, 'rapid-client.node')))
      spawnSync('npm', ['rebuild', name, '--prefix', folder], { stdio: 'ignore' })
    if (name === 'aws-lambda-ric') skipUncompiled(join(folder, 'node_modules', name))
  }
  return cache
}

/** Without its compiled part AWS's runtime client cannot run, so it counts as not installed. */
function skipUncompiled(ric: string): void {
  if (existsSync(join(ric, 'rapid-client.node'))) return
  rmSync(ric, { recursive: true, force: true })
  console.log('SKIPPED: aws-lambda-ric: it could not be compiled; apt-get install autoconf automake libtool cmake g++')
}
