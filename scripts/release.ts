// `npm run release -- minor` prepares a release in the working tree: version, changelog section, build, contents of the tarball, and a dry run of
// `npm publish --provenance`. It commits, tags and publishes nothing; its last lines say what does. CONTRIBUTING.md, "Release".
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cutRelease, nextVersion, sectionOf } from './changelog.ts'

/** All that a tarball may have. */
const ALLOWED = /^(?:dist\/.+\.(?:js|cjs|d\.ts|d\.cts|txt)|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/

try {
  release(process.argv[2] ?? '')
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

function release(asked: string): void {
  const dirty = output('git', ['status', '--porcelain'])
  if (dirty !== '') throw new Error(`the tree has changes that are not committed:\n${dirty}`)
  const { version: current } = JSON.parse(readFileSync('package.json', 'utf8'))
  const version = nextVersion(current, asked)
  if (output('git', ['tag', '--list', `v${version}`]) !== '') throw new Error(`the tag v${version} is there already`)
  const changelog = cutRelease(readFileSync('CHANGELOG.md', 'utf8'), version, new Date().toISOString().slice(0, 10))

  writeFileSync('CHANGELOG.md', changelog)
  for (const file of ['package.json', 'package-lock.json']) if (existsSync(file)) writeVersion(file, current, version)
  run('npm', ['run', 'build'])
  checkContents()
  run('npm', ['publish', '--provenance', '--access', 'public', '--dry-run', '--ignore-scripts'])
  console.log(`\n${sectionOf(changelog, version)}\n\nmillrace ${version} is ready. To release it:
  git commit -am 'chore: release ${version}' && git tag v${version} && git push --follow-tags origin main v${version}
The tag starts .github/workflows/release.yml, which tests and publishes. To undo: git checkout .`)
}

/** Replace the version of the package itself, which comes first in both files, and leave the text around it as it is. */
function writeVersion(file: string, from: string, to: string): void {
  const times = file === 'package-lock.json' ? 2 : 1
  let text = readFileSync(file, 'utf8')
  for (let time = 0; time < times; time++) text = text.replace(`"version": "${from}"`, `"version": "${to}"`)
  writeFileSync(file, text)
}

function checkContents(): void {
  const [packed] = JSON.parse(output('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']))
  const paths = packed.files.map(({ path }: { readonly path: string }) => path)
  const strays = paths.filter((path: string) => !ALLOWED.test(path))
  if (strays.length > 0)
    throw new Error(`the tarball would have files that are no part of the package: ${strays.join(', ')}`)
  console.log(`${packed.filename}: ${paths.length} files, ${packed.size} bytes`)
}

function output(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
}
