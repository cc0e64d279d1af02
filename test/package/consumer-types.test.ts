import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, expect, test } from 'vitest'
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

const folder = scratchFolder()
afterAll(() => removeFolder(folder))

/** Packages that the example handlers import besides this one and its peers. */
const EXAMPLE_PACKAGES = ['@aws-sdk/lib-dynamodb', '@types/aws-lambda']

/** The code of a user: the same text as an ES module and as CommonJS. */
const CONSUMER = `${subpaths.map((subpath, index) => `import * as module${index} from '${subpath}'`).join('\n')}
import type { ByteSource, Codec } from '${manifest.name}/codecs'
import { codecFor } from '${manifest.name}'

export const modules = [${subpaths.map((_, index) => `module${index}`).join(', ')}]
export const codec: Codec = codecFor('a.csv.gz')
export async function bytesOf(source: ByteSource): Promise<number> {
  let bytes = 0
  for await (const chunk of source.stream()) bytes += chunk.length
  return bytes
}
// @ts-expect-error the types are more than any
export const wrong: Codec = codecFor(1)
`

test('a strict project, the example handlers and the types of @types/aws-lambda compile against the packed types', () => {
  install(pack(folder), folder)
  const peers = Object.values(PEER_OF).filter((name) => name in manifest.peerDependencies)
  for (const name of new Set([...peers, '@types/node', ...EXAMPLE_PACKAGES])) linkPackage(folder, name)
  const files = ['consumer.mts', 'consumer.cts'].map((name) => join(folder, name))
  for (const file of files) writeFileSync(file, CONSUMER)
  for (const job of ['s3-job', 'kinesis-job', 'api-ingest', 'cdc-job', 'cdc-fanout']) {
    const file = join(folder, `${job}.mts`)
    writeFileSync(file, readFileSync(join(ROOT, 'examples', job, 'handler.ts'), 'utf8'))
    files.push(file)
  }
  const typed = join(folder, 'aws-lambda.mts')
  writeFileSync(typed, readFileSync(join(ROOT, 'test/package/support/aws-lambda.mts'), 'utf8'))
  files.push(typed)
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(folder, 'node_modules/@types')],
  })
  const own = [...files, join(folder, 'node_modules', manifest.name)]
  const problems = program
    .getSourceFiles()
    .filter(({ fileName }) => own.some((path) => fileName.startsWith(path)))
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
  const host = {
    getCanonicalFileName: (name: string) => name,
    getCurrentDirectory: () => folder,
    getNewLine: () => '\n',
  }
  expect(ts.formatDiagnostics(problems, host)).toBe('')
})
