import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { allSources } from './support/source-imports.ts'

const ROOT = new URL('../../', import.meta.url)
const SOURCES = allSources()
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
  'docs/laws.md',
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

/** Further words, for `src` only: phrases that once made its comments hard to read. */
const CODE_PHRASES: readonly (readonly [RegExp, string])[] = [
  [/(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|progress\b)\w+/i, 'is not a'],
  [/\bfor what (?:is|are)\b/i, 'for a value that is'],
  [/(?<!\bor )(?<!thing )\belse\b/i, 'otherwise'],
  [/\ball else\b/i, 'everything else, otherwise'],
  [/\bwhatever (?:is|it|its|the)\b/i, 'for any, even if, regardless of'],
  [/\bwhere (?:that|it|they) (?:is|are) (?:not )?(?:known|given|absent)\b/i, 'if known, if unknown'],
  [/\bwhere there (?:is|are)\b/i, 'if there is'],
  [/\bfor ever\b|\bfor good\b/i, 'forever, permanently'],
  [/\bunder way\b/i, 'in progress'],
  [/\bone after the other\b|\bside by side\b/i, 'in order, concurrently'],
  [/\bbeside\b/i, 'next to, in addition to'],
  [/\bnobody\b|\bsomebody\b|\bwhoever\b/i, 'name the reader, caller or subscriber'],
  [/\bcame upon\b|\blooked? (?:after|for|into)\b|\blooks at\b/i, 'find, search, read, examine'],
  [/\bgo(?:es)? (?:out|up|in)\b/i, 'is sent, is written'],
  [/\bbut for\b/i, 'except'],
  [/\bso (?:many|much|few|often)\b(?! .{0,60}\bthat\b)/i, 'a number of'],
  [/\bin (?:the )?(?:midst|hand)\b/i, 'in the middle of, current'],
  [/\bO\(letters\)/i, 'O(characters)'],
  [/\bwhat (?:is|was|are|were) (?:there|given|left|put|sent|written|read|held|asked)\b/i, 'name the thing'],
  [/\bas it (?:has|takes|knows|does)\b/i, 'as'],
]

/** Words that make pages and the names of laws hard to read, with better ones. */
const PAGE_PHRASES: readonly (readonly [RegExp, string])[] = [
  [/(?<!\b(?:any\w+|what) )\belse\b/i, 'otherwise, or'],
  [/\bwhatever\b|\bwhoever\b|\bwherever\b/i, 'any, for any, regardless of'],
  [/\banything at all\b|\banything whatsoever\b/i, 'any value'],
  [/\bbeside\b/i, 'next to, in addition to, compared with'],
  [/\bof today\b/i, 'current'],
  [/\bside by side\b/i, 'in parallel'],
  [/\bone after (?:the other|another)\b/i, 'in order, consecutive'],
  [/\bcomes? (?:back|again)\b/i, 'be returned, be redelivered'],
  [/\bgo(?:es)? out\b|\btr(?:y|ies|ied) (?:it |them )?again\b/i, 'be sent, retry'],
  [/\bput(?:s)? aside\b/i, 'set aside, quarantine'],
  [/\bbut for\b|\ball but\b/i, 'except'],
  [/\bhas to\b|\bis to be\b/i, 'must'],
  [/\blies? (?:in|inside|at|behind|where|there)\b/i, 'is in, is at'],
  [/\b(?:by|of) which\b/i, 'split the sentence, or name the subject'],
  [/\bsome \d/i, 'about'],
  [/\bin the (?:place of|midst)\b|\bin place of\b/i, 'instead of, in the middle of'],
  [/\bsomebody\b|\bmend\b|\bdearer\b|\btook from\b/i, 'another user, fix, more expensive'],
  [/\bas (?:it is|they are|it was|they were)\b/i, 'unchanged'],
  [/\b(?:take|takes|took) (?:it|them|its|note|place of)\b/i, 'use, treat, accept'],
]

/** Longest line of a page. */
const WIDTH = 120
/** Lines that cannot break: rows of tables, pictures, values in comments. */
const UNBREAKABLE = /^(?:\||!\[|\/\/)/
const PRINTED = /^```(?:text|console)$[\s\S]*?^```$/gm

/** Guides that show how to use parts of this library, each with laws. */
const PRIMITIVES = GUIDES.filter(
  (name) => !['architecture', 'bundle', 'compare', 'deploy', 'streaming-etl'].includes(name),
)

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
    expect(blocks.flatMap((prose) => phrasesIn(prose, [...PHRASES, ...CODE_PHRASES]))).toEqual([])
  })

  test('comments and messages have none of the phrases', () => {
    const prose = FOLDERS.flatMap((folder) => commentsAndMessages(folder))
    expect(prose.flatMap((each) => phrasesIn(each, [...PHRASES, ...CODE_PHRASES]))).toEqual([])
  })

  test.each(PAGES)('%s has none of the phrases', (page) => {
    const found = paragraphs(page).flatMap((line) => [...phrasesIn(line), ...phrasesIn(line, PAGE_PHRASES)])
    expect(found).toEqual([])
  })

  test.each(PAGES.filter((page) => page !== 'docs/laws.md'))('%s has no line over 120 characters', (page) => {
    const lines = readFileSync(new URL(page, ROOT), 'utf8').replaceAll(PRINTED, '').split('\n')
    expect(lines.filter((line) => line.length > WIDTH && !UNBREAKABLE.test(line))).toEqual([])
  })

  test.each(PRIMITIVES)('docs/%s.md links what it promises before its first section', (name) => {
    const [start = ''] = readFileSync(new URL(`docs/${name}.md`, ROOT), 'utf8').split(/^## /m)
    expect(start).toMatch(/\]\(laws\.md#[\w-]+\)/)
  })

  test('the rules find what they are for', () => {
    const found = (text: string) => phrasesIn({ place: 'x', text }).length
    expect(['made anew', 'a row a line', '16 bytes a row', 'goes on', 'is told so'].map(found)).toEqual([1, 1, 1, 1, 1])
    expect(['at most one row', 'a row of a line', 'told'].map(found)).toEqual([0, 0, 1])
    const inCode = (text: string) => phrasesIn({ place: 'x', text }, CODE_PHRASES).length
    expect(['undefined where the text is no number', 'in memory, else a copy', 'what is no table'].map(inCode)).toEqual(
      [1, 1, 1],
    )
    expect(['if there is no row', 'or else the key', 'anything else', 'so many that none fits'].map(inCode)).toEqual([
      0, 0, 0, 0,
    ])
    const onPages = (text: string) => phrasesIn({ place: 'x', text }, PAGE_PHRASES).length
    expect(['or else', 'whatever comes', 'some 30 GB', 'it lies in S3', 'beside S3'].map(onPages)).toEqual([
      1, 1, 1, 1, 1,
    ])
    expect(['anything else', 'someone', 'besides', 'about 30 GB', 'of each'].map(onPages)).toEqual([0, 0, 0, 0, 0])
    expect(NO_SUBJECT.test('Whether it is one.') && !NO_SUBJECT.test('Check whether it is one.')).toBe(true)
  })
})

function phrasesIn({ place, text }: Prose, phrases = PHRASES): readonly string[] {
  return phrases.flatMap(([phrase, better]) => {
    const [found] = phrase.exec(text) ?? []
    return found === undefined ? [] : [`${place}: "${found}", better: ${better}`]
  })
}

/** The docblocks of a folder of `src`, without their stars, examples and code. */
function docblocks(folder: string): readonly Prose[] {
  const sources = SOURCES.filter(({ fileName }) => fileName.startsWith(`${folder}/`))
  return sources.flatMap((source) =>
    Array.from(source.text.matchAll(/\/\*\*([\s\S]*?)\*\//g), ({ index, 1: body = '' }) => ({
      place: `src/${source.fileName}:${ts.getLineAndCharacterOfPosition(source, index).line + 1}`,
      text: withoutCode(body.replace(/@example[\s\S]*/, ''))
        .replaceAll(/\s*\n\s*\*\s*/g, ' ')
        .trim(),
    })),
  )
}

/** The line comments of a folder of `src`, and its texts of several words. */
function commentsAndMessages(folder: string): readonly Prose[] {
  const sources = SOURCES.filter(({ fileName }) => fileName.startsWith(`${folder}/`))
  return sources.flatMap((source) => {
    const place = (at: number) => `src/${source.fileName}:${ts.getLineAndCharacterOfPosition(source, at).line + 1}`
    const comments = Array.from(source.text.matchAll(/^ *\/\/ (?!biome-ignore)(.*)$/gm), ({ index, 1: body = '' }) => ({
      place: place(index),
      text: withoutCode(body),
    }))
    const messages: Prose[] = []
    const visit = (node: ts.Node): void => {
      const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)
      if (isText && /[a-z] [a-z]/i.test(node.text))
        messages.push({ place: place(node.getStart(source)), text: node.text })
      ts.forEachChild(node, visit)
    }
    visit(source)
    return [...comments, ...messages]
  })
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
