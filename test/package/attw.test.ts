import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { pack, ROOT, removeFolder, scratchFolder } from './support/packed.ts'

const folder = scratchFolder()
afterAll(() => removeFolder(folder))

test('are the types wrong? Not in ES modules, CommonJS, bundlers, or resolution as it was before exports', () => {
  const cli = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js')
  // Into a file: the tool exits before a pipe has taken all of what it prints.
  const file = join(folder, 'analysis.json')
  const out = openSync(file, 'w')
  spawnSync(process.execPath, [cli, pack(folder), '--format', 'json', '--no-emoji'], {
    cwd: ROOT,
    stdio: ['ignore', out, 'inherit'],
  })
  closeSync(out)
  const { analysis } = JSON.parse(readFileSync(file, 'utf8'))
  expect(analysis.types).toEqual({ kind: 'included' })
  expect(analysis.problems).toEqual([])
})
