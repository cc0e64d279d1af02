// `npm run mutate -- FOLDER`: which changes to the code do its tests not notice? CONTRIBUTING.md says how to read it.
import { addAccepted } from './accepted.ts'
import { folderOf } from './folders.ts'
import { instrument } from './instrument.ts'
import { describeMutant } from './mutant.ts'
import { mutateFolder, readSources, survivorsOfLastRun } from './mutate-folder.ts'
import { readOptions } from './options.ts'
import { isClean, printedRun } from './print-run.ts'

const options = readOptions(process.argv.slice(2))
if (options.accept !== undefined) {
  const { mutants } = await instrument(readSources(options.root, folderOf(options.folder)))
  const survivors = survivorsOfLastRun(options, mutants)
  addAccepted(options.root, options.folder, survivors, options.accept)
  console.log(survivors.map(describeMutant).join('\n'))
} else {
  const run = await mutateFolder(options)
  if (options.isList) console.log([...run.result.outcomes.keys()].map(describeMutant).join('\n'))
  else console.log(printedRun(run).join('\n'))
  if (!options.isList && !isClean(run)) process.exitCode = 1
}
