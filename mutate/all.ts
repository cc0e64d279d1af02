// `npm run mutate:all`: every folder, and the table of docs/laws.md from what it finds.
import { FOLDERS } from './folders.ts'
import { writeTable } from './laws-table.ts'
import { mutateFolder } from './mutate-folder.ts'
import { readOptions } from './options.ts'
import { isClean, printedRun } from './print-run.ts'

const args = process.argv.slice(2)
for (const folder of FOLDERS) {
  const run = await mutateFolder(readOptions([folder, ...args]))
  console.log(printedRun(run).join('\n'))
  if (!isClean(run)) process.exitCode = 1
  writeTable(run)
}
