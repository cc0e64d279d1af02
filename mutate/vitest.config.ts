import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig, type Plugin, type UserWorkspaceConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import base from '../vitest.config.ts'
import { type Job, readJob } from './job.ts'

const own = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const folder = process.env['MUTATE_FOLDER'] ?? ''
const job: Job = readJob(folder)

/** Load the instrumented text of a source in place of its own. */
const mutants: Plugin = {
  name: 'mutants',
  enforce: 'pre',
  load(id) {
    const file = join(folder, relative(job.root, id.replace(/\?.*$/, '')))
    return id.startsWith(`${job.root}/`) && existsSync(file) ? readFileSync(file, 'utf8') : null
  },
}

/** Run the files in the order of the job: quick ones first. */
class JobOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => job.files.indexOf(relative(job.root, moduleId))
    return [...files].sort((left, right) => rank(left) - rank(right))
  }
}

export default defineConfig({
  ...(base as UserWorkspaceConfig),
  root: job.root,
  plugins: [mutants],
  test: {
    include: [...job.files],
    exclude: [...configDefaults.exclude, ...job.exclude],
    typecheck: { enabled: false },
    testTimeout: 600_000,
    hookTimeout: 60_000,
    setupFiles: [own('setup.ts')],
    ...(job.isPlain === true ? { bail: 1 } : { runner: own('mutant-runner.ts') }),
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    fileParallelism: false,
    dangerouslyIgnoreUnhandledErrors: true,
    passWithNoTests: true,
    reporters: [],
    sequence: { sequencer: JobOrder },
  },
})
