import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { cutRelease, nextVersion, sectionOf } from '../../scripts/changelog.ts'
import { manifest, ROOT, removeFolder, scratchFolder } from './support/packed.ts'

const CHANGELOG = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A line.\n\n## [0.1.0] - 2026-01-01\n\n- Old.\n'
const folders: string[] = []
afterAll(() => folders.forEach(removeFolder))

describe('the version of a release', () => {
  test.each([
    ['0.1.9', 'patch', '0.1.10'],
    ['0.1.9', 'minor', '0.2.0'],
    ['0.1.9', 'major', '1.0.0'],
    ['0.1.9', '0.2.0', '0.2.0'],
  ])('after %s, %s is %s', (current, asked, expected) => {
    expect(nextVersion(current, asked)).toBe(expected)
  })

  test.each(['0.1.9', '0.1.8', '0.0.10', 'v1.0.0', '1.0', '', 'Minor'])('%j is refused after 0.1.9', (asked) => {
    expect(() => nextVersion('0.1.9', asked)).toThrow(/is not above|is no version/)
  })
})

describe('the changelog', () => {
  test('gets a section of the version, under an empty one', () => {
    const cut = cutRelease(CHANGELOG, '0.2.0', '2026-02-01')
    expect(sectionOf(cut, 'Unreleased')).toBe('')
    expect(sectionOf(cut, '0.2.0')).toBe('### Added\n\n- A line.')
    expect(sectionOf(cut, '0.1.0')).toBe('- Old.')
    expect(() => cutRelease(cut, '0.3.0', '2026-02-01')).toThrow('nothing under')
    expect(() => cutRelease(CHANGELOG, '0.1.0', '2026-02-01')).toThrow('section of 0.1.0')
  })

  test('of the package has a section for its version, and one for what comes next', () => {
    const text = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')
    expect(text).toContain('## [Unreleased]')
    expect(sectionOf(text, manifest.version)).not.toBe('')
  })
})

describe('the script, in a repository of its own', () => {
  test('prepares a release, and commits, tags and publishes nothing', () => {
    const folder = repository()
    const { status, stdout, stderr } = run(folder, 'minor')
    expect(stderr).not.toContain('rror:')
    expect(status).toBe(0)
    expect(stdout).toContain('- A line.')
    expect(stdout).toContain('git tag v0.2.0')
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version).toBe('0.2.0')
    expect(sectionOf(readFileSync(join(folder, 'CHANGELOG.md'), 'utf8'), '0.2.0')).toContain('- A line.')
    expect(git(folder, 'tag')).toBe('')
    expect(git(folder, 'log', '--oneline').split('\n').length).toBe(1)
  })

  test.each([
    ['a tree with changes', (folder: string) => writeFileSync(join(folder, 'stray.txt'), ''), 'not committed'],
    ['a tag that is there', (folder: string) => git(folder, 'tag', 'v0.2.0'), 'the tag v0.2.0'],
  ])('refuses %s, and changes nothing', (_, spoil, message) => {
    const folder = repository()
    spoil(folder)
    const before = git(folder, 'status', '--porcelain')
    const { status, stderr } = run(folder, 'minor')
    expect(status).toBe(1)
    expect(stderr).toContain(message)
    expect(git(folder, 'status', '--porcelain')).toBe(before)
  })

  test('refuses a tarball with a file that is no part of the package', () => {
    const { status, stderr } = run(repository({ 'dist/secret.env': 'KEY=1' }), 'minor')
    expect(status).toBe(1)
    expect(stderr).toContain('dist/secret.env')
  })
})

/** A small package in a fresh repository, with one commit. */
function repository(files: Readonly<Record<string, string>> = {}): string {
  const folder = scratchFolder()
  folders.push(folder)
  mkdirSync(join(folder, 'dist'))
  const own = {
    name: 'millrace-release-test',
    version: '0.1.0',
    files: ['dist', 'CHANGELOG.md'],
    scripts: { build: 'node --version' },
  }
  const all = { 'package.json': JSON.stringify(own, null, 2), 'CHANGELOG.md': CHANGELOG, 'dist/index.js': '', ...files }
  for (const [file, text] of Object.entries(all)) writeFileSync(join(folder, file), text)
  git(folder, 'init', '--quiet')
  git(folder, 'add', '.')
  git(folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'first')
  return folder
}

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim()
}

function run(folder: string, asked: string) {
  // A registry that no request reaches: the script must work without one.
  const env = {
    ...process.env,
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
    npm_config_update_notifier: 'false',
  }
  return spawnSync(process.execPath, [join(ROOT, 'scripts/release.ts'), asked], { cwd: folder, encoding: 'utf8', env })
}
