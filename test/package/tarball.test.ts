import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodesToTest } from '../support/nodes.ts'
import { LOAD_ALL, ROUND_TRIPS } from './support/load-all.ts'
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
} from './support/packed.ts'
import { allImports, importsOf, packageOf } from './support/source-imports.ts'

const MODES = { import: 'mjs', require: 'cjs' } as const
const NO_REQUIRE_ESM = '--no-experimental-require-module'
const folder = scratchFolder()

beforeAll(() => {
  install(pack(folder), folder)
  for (const mode of ['import', 'require'] as const) {
    writeFileSync(join(folder, `load-all.${MODES[mode]}`), LOAD_ALL[mode])
    writeFileSync(join(folder, `round-trip.${MODES[mode]}`), ROUND_TRIPS[mode])
  }
})
afterAll(() => removeFolder(folder))

/** Bundles without esbuild, and gives a bundle a cache. */
const BUNDLING = `const { addCodeCache, bundleHandler } = require('millrace/bundle')
bundleHandler({ entry: 'index.js', outdir: 'dist' }).catch(async ({ code, message }) => {
  const { handlers } = await addCodeCache({ file: 'index.js' })
  console.log(JSON.stringify({ code, message, handlers }))
})`

const run = (node: string, args: readonly string[]) =>
  JSON.parse(execFileSync(node, args, { cwd: folder, encoding: 'utf8' }))
const withoutPeer = subpaths.filter((subpath) => PEER_OF[subpath] === undefined)

describe('the tarball', () => {
  test('holds the build, its licences and nothing else', () => {
    const home = join(folder, 'node_modules', manifest.name)
    const expected = ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json']
    expect(readdirSync(home).filter((name) => !expected.includes(name))).toEqual([])
    expect(existsSync(join(home, 'dist', 'THIRD-PARTY-NOTICES.txt'))).toBe(true)
  })

  test('holds of the build only modules, their types and the notices: no map, no source, no test', () => {
    const dist = join(folder, 'node_modules', manifest.name, 'dist')
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    expect(files.filter((name) => !/^[\w-]+\.(?:js|cjs|d\.ts|d\.cts)$|^THIRD-PARTY-NOTICES\.txt$/.test(name))).toEqual(
      [],
    )
    const code = files
      .filter((name) => /\.c?js$/.test(name))
      .map((name) => [name, readFileSync(join(dist, name), 'utf8')] as const)
    const leaks = code.filter(
      ([, text]) =>
        text.includes('sourceMappingURL') || text.includes(ROOT) || /from ?["'](?:vitest|fast-check\/)/.test(text),
    )
    expect(leaks.map(([name]) => name)).toEqual([])
  })

  test('Arrow is imported by name: of a namespace no bundler can drop anything', () => {
    const dist = join(folder, 'node_modules', manifest.name, 'dist')
    const files = readdirSync(dist).filter((name) => name.endsWith('.js'))
    const whole = files.filter((name) =>
      /import \* as \w+ from ['"]apache-arrow/.test(readFileSync(join(dist, name), 'utf8')),
    )
    expect(whole).toEqual([])
  })

  test('no package is inlined but those that CommonJS could not require', () => {
    const declared = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)]
    const loaded = new Set(
      allImports()
        .filter(({ isExternal, isType }) => isExternal && !isType)
        .map(({ to }) => to),
    )
    const packages = [...new Set([...loaded].filter((specifier) => !specifier.startsWith('node:')).map(packageOf))]
    const [js, cjs] = [quoted('.js'), quoted('.cjs')]
    expect(packages.filter((name) => !declared.includes(name))).toEqual([])
    expect(packages.filter((name) => !js.has(name))).toEqual([])
    expect(packages.filter((name) => !cjs.has(name) && !isEsOnly(name))).toEqual([])
  })
})

describe('the command line', () => {
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly bin: { millrace: string } }
  const textOf = (file: string): string => readFileSync(join(folder, 'node_modules', manifest.name, file), 'utf8')
  test('loads the files that users import, and nothing else', () => {
    const source = ts.createSourceFile('cli.js', textOf(bin.millrace), ts.ScriptTarget.Latest, true)
    const loaded = new Set(importsOf(source).map(({ to }) => to))
    expect([...loaded].filter((to) => !to.startsWith('node:')).sort()).toEqual(['codecs.js', 'limits.js'])
    expect(textOf(bin.millrace)).toMatch(/^#!\/usr\/bin\/env node\n/)
  })

  test('is in no file of the library', () => {
    const dist = join(folder, 'node_modules', manifest.name, 'dist')
    const others = readdirSync(dist).filter((name) => /\.c?js$/.test(name) && name !== 'cli.js')
    expect(others.filter((name) => /['"]\.\/cli\.js['"]|src\/cli\//.test(textOf(`dist/${name}`)))).toEqual([])
  })
})

describe.each(nodesToTest())('the tarball installed, on $name', ({ node, skip }) => {
  describe.each(['import', 'require'] as const)('by %s', (mode) => {
    const script = `load-all.${MODES[mode]}`

    test.skipIf(skip).each([[[]], [[NO_REQUIRE_ESM]]])(
      'every subpath loads, node flags %j, without any optional peer',
      (flags) => {
        const names = run(node, [...flags, script, ...withoutPeer])
        for (const subpath of withoutPeer) expect(names[subpath], subpath).not.toEqual([])
      },
    )

    test.skipIf(skip)('rows go from CSV through a transform to Parquet and back', () => {
      expect(run(node, [NO_REQUIRE_ESM, `round-trip.${MODES[mode]}`])).toEqual([
        { id: '9007199254740993', name: 'Ada' },
        { id: '2', name: null },
      ])
    })
  })

  test.skipIf(skip)(
    'millrace/bundle says what is missing where esbuild is not installed, and needs it for nothing else',
    () => {
      writeFileSync(join(folder, 'index.js'), 'exports.handler = async () => 1')
      writeFileSync(join(folder, 'bundle.cjs'), BUNDLING)
      expect(run(node, [NO_REQUIRE_ESM, 'bundle.cjs'])).toEqual({
        code: 'BUNDLE_FAILED',
        message: 'bundleHandler needs esbuild, which is an optional peer: npm install --save-dev esbuild',
        handlers: ['handler'],
      })
    },
  )

  test.skipIf(skip)('npx millrace inspects and converts', () => {
    const cli = (...args: readonly string[]): string =>
      execFileSync(node, [join('node_modules', manifest.name, 'dist/cli.js'), ...args], {
        cwd: folder,
        encoding: 'utf8',
        stdio: 'pipe',
      })
    writeFileSync(join(folder, 'orders.csv'), 'id,zip\n9007199254740993,02139\n')
    expect(cli('--version')).toBe(`${manifest.version}\n`)
    expect(JSON.parse(cli('inspect', 'orders.csv', '--json'))).toMatchObject({ rows: 1, schema: { id: 'int64' } })
    cli('convert', 'orders.csv', 'orders.parquet', '--force', '--no-progress')
    expect(cli('convert', 'orders.parquet', '-', '--to', 'ndjson')).toBe('{"id":9007199254740993,"zip":"02139"}\n')
  })

  test.skipIf(skip)('import and require give the same names', () => {
    expect(run(node, ['load-all.cjs', ...withoutPeer])).toEqual(run(node, ['load-all.mjs', ...withoutPeer]))
  })
})

describe('optional peers', () => {
  const withPeer = subpaths.filter((subpath) => PEER_OF[subpath] !== undefined)

  test.for(withPeer)('%s asks for its peer, and works once it is there', (subpath, { skip }) => {
    const other = scratchFolder()
    try {
      install(pack(other), other)
      for (const mode of ['import', 'require'] as const)
        writeFileSync(join(other, `load-all.${MODES[mode]}`), LOAD_ALL[mode])
      const load = (file: string) =>
        execFileSync(process.execPath, [file, subpath], { cwd: other, encoding: 'utf8', stdio: 'pipe' })
      const peer = PEER_OF[subpath] ?? ''
      skip(isFound(other, peer), `a node_modules above ${other} holds the peer`)
      expect(() => load('load-all.mjs')).toThrow(peer)
      expect(() => load('load-all.cjs')).toThrow(peer)
      linkPackage(other, peer)
      expect(load('load-all.mjs')).toEqual(load('load-all.cjs'))
    } finally {
      removeFolder(other)
    }
  })
})

function isFound(from: string, name: string): boolean {
  try {
    return createRequire(join(from, 'package.json')).resolve(name) !== ''
  } catch {
    return false
  }
}

/** The packages that the texts in quotes of the built files begin with: those of their imports are among them. */
function quoted(extension: '.js' | '.cjs'): ReadonlySet<string> {
  const dist = join(folder, 'node_modules', manifest.name, 'dist')
  const texts = readdirSync(dist)
    .filter((name) => name.endsWith(extension))
    .map((name) => readFileSync(join(dist, name), 'utf8'))
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/['"]([^'"\n]+)['"]/g)].map(([, inner = '']) => packageOf(inner))),
  )
}

function isEsOnly(name: string): boolean {
  const { type, exports } = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'))
  return type === 'module' && !JSON.stringify(exports ?? {}).includes('"require"')
}
