import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { manifest as root } from '../package/support/packed.ts'
import { bagOf, functionsOf, listOf, parseTemplate, type Resource } from './support/template.ts'
import { findFaults } from './support/template-checks.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))
const textOf = (...path: readonly string[]): string => readFileSync(join(EXAMPLES, ...path), 'utf8')
const folders = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'template.yaml')))
const templates = folders.map((name) => [name, parseTemplate(textOf(name, 'template.yaml'))] as const)

test('each example that is a deployable function has a template', () => {
  const handlers = readdirSync(EXAMPLES).filter((name) =>
    readdirSync(join(EXAMPLES, name)).some(
      (file) => file.endsWith('.ts') && textOf(name, file).includes('export const handler ='),
    ),
  )
  expect(folders).toEqual(handlers)
})

describe.each(templates)('examples/%s/template.yaml', (name, template) => {
  test('loses, repeats and opens nothing', () => {
    expect(findFaults(template)).toEqual([])
  })

  test.each(functionsOf(template).map(({ id }) => id))('%s: its file is there and exports the handler', async (id) => {
    const { Properties: { Handler, CodeUri } = {}, ...rest } = template.Resources[id] as Resource
    const [file = '', exported = ''] = String(Handler).split('.')
    const { BuildMethod, BuildProperties } = bagOf(Object(rest)['Metadata'])
    expect([BuildMethod, CodeUri, listOf(bagOf(BuildProperties)['EntryPoints'])]).toEqual([
      'esbuild',
      './',
      [`${file}.ts`],
    ])
    const module = (await import(join(EXAMPLES, name, `${file}.ts`))) as Readonly<Record<string, unknown>>
    expect(module[exported]).toBeTypeOf('function')
  })

  test('its package.json names what the handlers import, and esbuild, which `sam build` installs with the dependencies', () => {
    const sources = readdirSync(join(EXAMPLES, name)).filter((file) => file.endsWith('.ts'))
    const imported = sources.flatMap((file) =>
      Array.from(textOf(name, file).matchAll(/ from '((?:@[\w-]+\/)?[\w-]+)/g), ([, found = '']) => found),
    )
    const { dependencies, type } = JSON.parse(textOf(name, 'package.json'))
    expect(type).toBe('module')
    expect(Object.keys(dependencies)).toEqual([...new Set([...imported, 'esbuild'])].filter(isPackage).sort())
    const { version, dependencies: own, peerDependencies, devDependencies } = root
    const versions: Readonly<Record<string, string>> = { ...devDependencies, ...own, ...peerDependencies }
    for (const [each, range] of Object.entries<string>(dependencies)) {
      const wanted = each === root.name ? version : versions[each]
      expect(`${each}@${range.replace(/^\^/, '')}`).toBe(`${each}@${wanted?.replace(/^\^/, '')}`)
    }
  })
})

const isPackage = (name: string): boolean => name !== 'node'
