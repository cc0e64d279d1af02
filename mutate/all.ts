// `npm run mutate:all`: every folder, or those named, and the table of docs/laws.md from what it finds.
import { FOLDERS } from './folders.ts'
import { writeTable } from './laws-table.ts'
import { mutateFolder } from './mutate-folder.ts'
import { readOptions } from './options.ts'
import { isClean, printedRun } from './print-run.ts'

const named = process.argv.slice(2)
for (const folder of named.length > 0 ? named : FOLDERS) {
  const run = await mutateFolder(readOptions([folder, '--static']))
  console.log(printedRun(run).join('\n'))
  if (!isClean(run)) process.exitCode = 1
  writeTable(run)
}
