import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Format } from 'esbuild'
import { describe, expect, test } from 'vitest'
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
})

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

  test('has the files and packages of each example', () => {
    const stated = rowsOf('| Example | Files').map((cells) => cells.map((cell) => cell.replaceAll('`', '')))
    const actual = templates.map(([name, template]) => {
      const entries = functionsOf(template).map(({ properties }) => `${String(properties['Handler']).split('.')[0]}.ts`)
      const { files, packages } = importsOf(name, entries)
      const definitions = readdirSync(join(EXAMPLES, name)).filter((file) => file.endsWith('.asl.json'))
      return [name, [...files.sort(), ...definitions].join(' '), packages.sort().join(' ')]
    })
    expect(stated).toEqual(actual)
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

/** The files that the handlers of an example consist of, and the packages that they import, beside this one. */
function importsOf(folder: string, entries: readonly string[]): { files: string[]; packages: string[] } {
  const files = new Set(entries)
  const packages = new Set<string>()
  for (const file of files) {
    for (const [, path = ''] of textOf(folder, file).matchAll(/^import (?!type )[^']* from '([^']+)'/gm)) {
      if (path.startsWith('./')) files.add(path.slice(2))
      else if (!/^(?:node:|millrace\b)/.test(path)) packages.add(/^@[^/]+\/[^/]+|^[^/]+/.exec(path)?.[0] ?? '')
    }
  }
  return { files: [...files], packages: [...packages] }
}
