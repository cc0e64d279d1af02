import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { pack, ROOT, removeFolder, scratchFolder } from './support/packed.ts'

const folder = scratchFolder()
afterAll(() => removeFolder(folder))

/** Resolution as TypeScript did it before `exports` were known: subpaths are out of its reach, and every supported Node is newer. */
const IGNORED_RESOLUTIONS = ['node10']

test('are the types wrong? Not in ES modules, CommonJS or bundlers', async () => {
  const cli = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js')
  const args = [cli, pack(folder), '--format', 'json', '--no-emoji']
  const output = await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 1 << 26 }).catch(
    (error) => error,
  )
  const { analysis } = JSON.parse(output.stdout)
  const problems: { readonly resolutionKind?: string }[] = analysis.problems
  expect(analysis.types).toEqual({ kind: 'included' })
  expect(problems.filter(({ resolutionKind }) => !IGNORED_RESOLUTIONS.includes(resolutionKind ?? ''))).toEqual([])
})
