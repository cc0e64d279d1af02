import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Format } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { manifest as root } from '../package/support/packed.ts'
import { type Bag, bagOf, functionsOf, listOf, parseTemplate, type Resource, resourcesOf } from './support/template.ts'
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

  test('every handler is bundled as `sam build` does, into one ES module', async () => {
    const builds = Object.values(template.Resources).flatMap((resource) => {
      const { BuildProperties } = bagOf(Object(resource).Metadata)
      return BuildProperties === undefined ? [] : [bagOf(BuildProperties)]
    })
    for (const { EntryPoints, Format, OutExtension, Target, MainFields, External, Minify } of builds) {
      const [entry, extension] = [String(listOf(EntryPoints)[0]), String(listOf(OutExtension)[0]).split('=')]
      const { outputFiles } = await build({
        entryPoints: [join(EXAMPLES, name, entry)],
        outdir: join(EXAMPLES, name),
        outExtension: { [extension[0] ?? '']: extension[1] ?? '' },
        format: Format as Format,
        target: String(Target),
        mainFields: String(MainFields).split(','),
        external: listOf(External).map(String),
        minify: Minify === true,
        bundle: true,
        platform: 'node',
        write: false,
      })
      expect(outputFiles.map(({ path }) => path)).toEqual([join(EXAMPLES, name, entry.replace('.ts', '.mjs'))])
      const [{ text = '' } = {}] = outputFiles
      expect(text).toMatch(/\bas handler\b/)
      expect(text).toMatch(/from ?"@aws-sdk\//)
      // A bundle that asks for a module of Node by require fails at once.
      expect(text).not.toMatch(/\brequire\(["'](?:node:)?\w+["']\)/)
    }
  })

  test('its package.json names what the handlers import, and esbuild, which `sam build` installs with the dependencies', () => {
    const sources = readdirSync(join(EXAMPLES, name)).filter((file) => file.endsWith('.ts'))
    const imported = sources.flatMap((file) =>
      Array.from(textOf(name, file).matchAll(/ from '((?:@[\w-]+\/)?[\w-]+)/g), ([, found = '']) => found),
    )
    const { dependencies, type } = JSON.parse(textOf(name, 'package.json'))
    expect(type).toBe('module')
    expect(Object.keys(dependencies)).toEqual([...new Set([...imported, 'esbuild'])].filter(isPackage).sort())
    expectRanges(dependencies)
  })
})

const isPackage = (name: string): boolean => name !== 'node'

test('examples/cdk/package.json has what the handlers of all stacks import', () => {
  const { dependencies } = JSON.parse(textOf('cdk', 'package.json'))
  const ofHandlers = folders.flatMap((name) => Object.keys(JSON.parse(textOf(name, 'package.json')).dependencies))
  const ofApp = ['aws-cdk', 'aws-cdk-lib', 'constructs']
  expect(Object.keys(dependencies)).toEqual([...new Set([...ofHandlers, ...ofApp])].sort())
  const { 'aws-cdk': _, ...others } = dependencies
  expectRanges(others)
})

/** The ranges are those of the project: its peers and dependencies, or from the version on that its tests use. */
function expectRanges(ranges: Readonly<Record<string, string>>): void {
  const { version, dependencies, peerDependencies, devDependencies } = root
  const own: Readonly<Record<string, string>> = { ...devDependencies, ...dependencies, ...peerDependencies }
  const wanted = Object.keys(ranges).map((name) => [name, name === root.name ? version : own[name]])
  const bare = (range: string | undefined) => range?.replace(/^\^/, '')
  expect(Object.entries(ranges).map(([name, range]) => `${name} ${bare(range)}`)).toEqual(
    wanted.map(([name, range]) => `${name} ${bare(range)}`),
  )
}

describe('docs/deploy.md', () => {
  const page = textOf('../docs/deploy.md')
  const rowsOf = (heading: string): readonly (readonly string[])[] => {
    const table = page.slice(page.indexOf(heading)).split('\n\n', 1)[0] ?? ''
    return table
      .split('\n')
      .slice(2)
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      )
  }
  const number = (text: string | undefined): number => Number(text?.replaceAll(/[^\d.]/g, ''))

  test('has the memory and the timeouts of each template', () => {
    const stated = rowsOf('| Template | Event source |').map(([link = '', , , sizes = '']) => {
      const [memory, timeouts = ''] = sizes.split('MB, ')
      return [/\w[\w-]*/.exec(link)?.[0], number(memory), Array.from(timeouts.matchAll(/\d+/g), Number)]
    })
    const actual = templates.map(([name, template]) => {
      const properties = functionsOf(template).map((each) => each.properties)
      const timeouts = new Set(properties.map(({ Timeout }) => Number(Timeout)))
      return [name, properties[0]?.['MemorySize'], [...timeouts].sort((a, b) => a - b)]
    })
    expect(stated.sort()).toEqual(actual)
  })

  test('has the alarms and shards of each template, and what they cost', () => {
    const stated = rowsOf('| Template | Alarms |').map(([name, alarms, shards, usd, perGb]) => {
      expect(number(usd)).toBeCloseTo(3 + 0.1 * number(alarms) + 730 * 0.015 * number(shards), 10)
      expect(page).toContain(`//   '${name}: ${perGb}',`)
      return [name, number(alarms), number(shards)]
    })
    const actual = templates.map(([name, template]) => {
      const shards = resourcesOf(template, 'AWS::Kinesis::Stream').map(([, { ShardCount }]) => Number(ShardCount))
      return [name, resourcesOf(template, 'AWS::CloudWatch::Alarm').length, shards.reduce((sum, each) => sum + each, 0)]
    })
    expect(stated.sort()).toEqual(actual)
  })

  test('its serverless.yml is the function of the S3 job', () => {
    const yaml = /```yaml\n(service: [\s\S]*?)```/.exec(page)?.[1] ?? ''
    const { functions } = parseTemplate(yaml) as unknown as { readonly functions: { readonly job: Bag } }
    const { handler, memorySize, timeout, maximumRetryAttempts, maximumEventAge } = functions.job
    const template = templates.find(([name]) => name === 's3-job')?.[1] ?? { Resources: {} }
    const [job] = functionsOf(template)
    expect(job?.properties).toMatchObject({ Handler: handler, MemorySize: memorySize, Timeout: timeout })
    const invoke = { MaximumRetryAttempts: maximumRetryAttempts, MaximumEventAgeInSeconds: maximumEventAge }
    expect(job?.invoke).toMatchObject(invoke)
  })
})
