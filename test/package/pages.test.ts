import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import sizes from './sizes.json' with { type: 'json' }
import { ROOT } from './support/packed.ts'

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const noted: Readonly<Record<string, number>> = sizes

/** What pages say of sizes, and which number of `sizes.json` it is. */
const STATED: readonly (readonly [file: string, statement: RegExp, modules: string, bytes: number])[] = [
  ['README.md', /one file of (\d+) kB/g, 'examples/s3-job', 1e3],
  ['README.md', /example S3 job\]\S* AWS SDK included: ([\d.]+) MB/g, 'examples/s3-job + AWS SDK', 1e6],
  ['docs/s3-job.md', /one file of (\d+) kB/g, 'examples/s3-job', 1e3],
]

describe('sizes that pages state', () => {
  test.each(STATED)('%s: %s is within a twentieth of %s', (file, statement, modules, bytes) => {
    const stated = Array.from(textOf(file).matchAll(statement), ([, number]) => Number(number) * bytes)
    expect(stated.length).toBeGreaterThan(0)
    for (const size of stated) expect(Math.abs(size / (noted[modules] ?? 0) - 1)).toBeLessThan(0.05)
  })

  test('no page states another size of a bundle', () => {
    const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'))
    const pages = ['README.md', ...docs.map((name) => `docs/${name}`)]
    const found = pages.flatMap((file) =>
      Array.from(textOf(file).matchAll(/(?:file|bundles?) (?:of|to|is) \d+ kB/g), ([text]) => `${file}: ${text}`),
    )
    expect(
      found.filter(
        (each) =>
          !STATED.some(
            ([file, statement]) =>
              each.startsWith(`${file}: `) && new RegExp(statement.source).test(each.replace('file of', 'one file of')),
          ),
      ),
    ).toEqual([])
    const cap = /under (\d+) kB/.exec(textOf('docs/events.md'))?.[1]
    expect(noted['millrace/events#S3EventSchema']).toBeLessThan(Number(cap) * 1000)
  })
})

describe('figures of the README', () => {
  const job = /^## whole job$[\s\S]*?(?=^## )/m.exec(textOf('docs/benchmarks.md'))?.[0] ?? ''
  const [header = [], ...lines] = job.split('\n').flatMap((line) => (line.startsWith('|') ? [line.split(' | ')] : []))
  const speed = /^\| Speed .*$/m.exec(textOf('README.md'))?.[0] ?? ''

  test.each(['csv-parse + Set + hyparquet-writer', 'DuckDB, one thread', 'millrace'])(
    'of speed are those of docs/benchmarks.md: %s',
    (candidate) => {
      const cells = lines.find(([name]) => name === `| ${candidate}`) ?? []
      const [median = '', memory = ''] = ['median', 'peak memory'].map((name) => cells[header.indexOf(name)])
      expect(speed).toContain(`${median}, ${Math.round(Number.parseFloat(memory)).toLocaleString('en-US')} MB`)
    },
  )
})

const linksOf = (file: string): readonly string[] =>
  Array.from(textOf(file).matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target ?? '')

describe('links', () => {
  const repository = `${manifest.repository.url.replace(/^git\+/, '').replace(/\.git$/, '')}/blob/main/`

  test('of the README are whole addresses: the page of a registry has none of the files that they lead to', () => {
    expect(linksOf('README.md').filter((target) => !/^(?:https:|#)/.test(target))).toEqual([])
  })

  test('of the README to the repository lead to files that are there', () => {
    const paths = linksOf('README.md').flatMap((target) =>
      target.startsWith(repository) ? [target.slice(repository.length)] : [],
    )
    expect(paths.length).toBeGreaterThan(10)
    expect(paths.filter((path) => !existsSync(join(ROOT, path.replace(/#.*/, ''))))).toEqual([])
  })

  test.each(readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md')))(
    'of docs/%s lead to files that are there',
    (name) => {
      const paths = linksOf(`docs/${name}`).filter((target) => !/^(?:https?:|#)/.test(target))
      expect(paths.filter((path) => !existsSync(join(ROOT, 'docs', path.replace(/#.*/, ''))))).toEqual([])
    },
  )
})

test('docs/s3-job.md shows the handler that the tests run', () => {
  expect(textOf('docs/s3-job.md')).toContain(textOf('examples/s3-job/handler.ts'))
})
