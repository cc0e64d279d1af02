import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { allSources } from './support/source-imports.ts'

const ROOT = new URL('../../', import.meta.url)
/** Folders of `src` whose docblocks are held to the rules. */
const FOLDERS = [
  'bundle',
  'cdc',
  'cli',
  'codecs',
  'columns',
  'dataset',
  'events',
  'fanout',
  'flow',
  'idempotency',
  'internal',
  'limits',
  's3',
  'send',
  'testing',
  'telemetry',
  'transform',
]
const GUIDES = [
  'architecture',
  'batches',
  'bundle',
  'cdc',
  'cli',
  'codecs',
  'compare',
  'datasets',
  'datasets-merge',
  'deploy',
  'events',
  'fan-out',
  'idempotency',
  'limits',
  's3-job',
  'send',
  'streaming-etl',
  'telemetry',
  'testing',
  'transforms',
]
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'kernels/README.md',
  ...GUIDES.map((name) => `docs/${name}.md`),
]

/** Words that make prose hard to read, with better ones. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\banew\b/i, 'again, rebuild, replace'],
  [/\bat the most\b/i, 'at most'],
  [/\ba(?: \w+)? a (?:row|line|column|batch|value|record|field|page|key|call|character)\b/i, 'one per row'],
  [/\b\d+ (?:bytes|lines|levels|calls) a \w+/i, 'bytes per row'],
  [/\bhears?\b|\bheard\b/i, 'is called with, is informed of'],
  [/\btells?\b|\btold\b/i, 'report, distinguish, set'],
  [/\bgo(?:es)? on\b/i, 'continue, resume'],
  [/\bhand(?:s|ed)? (?:on|over|back|in)\b/i, 'pass, return, deliver'],
  [/\blet go\b/i, 'release, ignore'],
  [/\bgive(?:s|n)? back\b/i, 'return, release'],
  [/\bin silence\b|\bwithout a word\b/i, 'silently'],
  [/\bshall\b/i, 'must, will'],
  [/\bstands? (?:for|in|at)\b/i, 'is, means'],
]

/** A docblock begins with a verb or a noun, and names its subject. */
const NO_SUBJECT = /^(?:What|Whether|How|That|Who|Where|Which)\b/

interface Prose {
  /** File and line of its beginning. */
  readonly place: string
  readonly text: string
}

describe('plain technical English', () => {
  const blocks = FOLDERS.flatMap((folder) => docblocks(folder))

  test('docblocks begin with a verb or a noun that names their subject', () => {
    expect(blocks.filter(({ text }) => NO_SUBJECT.test(text)).map(shown)).toEqual([])
  })

  test('docblocks have none of the phrases', () => {
    expect(blocks.flatMap(phrasesIn)).toEqual([])
  })

  test.each(PAGES)('%s has none of the phrases', (page) => {
    expect(paragraphs(page).flatMap(phrasesIn)).toEqual([])
  })

  test('the rules find what they are for', () => {
    const found = (text: string) => phrasesIn({ place: 'x', text }).length
    expect(['made anew', 'a row a line', '16 bytes a row', 'goes on', 'is told so'].map(found)).toEqual([1, 1, 1, 1, 1])
    expect(['at most one row', 'a row of a line', 'told'].map(found)).toEqual([0, 0, 1])
    expect(NO_SUBJECT.test('Whether it is one.') && !NO_SUBJECT.test('Check whether it is one.')).toBe(true)
  })
})

function phrasesIn({ place, text }: Prose): readonly string[] {
  return PHRASES.flatMap(([phrase, better]) => {
    const [found] = phrase.exec(text) ?? []
    return found === undefined ? [] : [`${place}: "${found}", better: ${better}`]
  })
}

/** The docblocks of a folder of `src`, without their stars, examples and code. */
function docblocks(folder: string): readonly Prose[] {
  const sources = allSources().filter(({ fileName }) => fileName.startsWith(`${folder}/`))
  return sources.flatMap((source) =>
    Array.from(source.text.matchAll(/\/\*\*([\s\S]*?)\*\//g), ({ index, 1: body = '' }) => ({
      place: `src/${source.fileName}:${ts.getLineAndCharacterOfPosition(source, index).line + 1}`,
      text: withoutCode(body.replace(/@example[\s\S]*/, ''))
        .replaceAll(/\s*\n\s*\*\s*/g, ' ')
        .trim(),
    })),
  )
}

/** The lines of a page, without code and without the table of phrases to avoid. */
function paragraphs(page: string): readonly Prose[] {
  const text = readFileSync(new URL(page, ROOT), 'utf8')
    .replaceAll(/^```[\s\S]*?^```/gm, (code) => code.replaceAll(/[^\n]/g, ''))
    .replace(/^\| Instead of [\s\S]*?\n\n/m, (table) => table.replaceAll(/[^\n]/g, ''))
  return text.split('\n').map((line, index) => ({ place: `${page}:${index + 1}`, text: withoutCode(line) }))
}

function withoutCode(text: string): string {
  return text.replaceAll(/`[^`\n]*`/g, '`code`')
}

function shown({ place, text }: Prose): string {
  return `${place}: ${text.slice(0, 80)}`
}
