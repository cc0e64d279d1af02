/**
 * Tests that cannot see a mutant, because they run the library in processes of their own; those of times, which a busy
 * machine breaks; and those of pages and tables so large that each takes seconds, whose code tests of small ones reach.
 */
const EXCLUDED = [
  '**/*.types.test.ts',
  'test/idempotency/processes.test.ts',
  'test/dataset/memory.test.ts',
  '**/hostile.test.ts',
  // Signals and exit codes of a process, and the page of the guide: nothing else sees `main.ts` of the command line.
  'test/cli/process.test.ts',
  'test/cli/guide.test.ts',
  // The package as it is built, and a whole job. A bootstrap's own text runs in processes of its own, so it is no code to mutate.
  'test/bundle/cdk-bundling.test.ts',
  'test/bundle/s3-job.test.ts',
  'test/codecs/parquet/read/pages/streamed-page.test.ts',
]

/** A folder of `src` with the tests that are its spec. */
export interface MutatedFolder {
  /** Path below `src`. */
  readonly name: string
  /** Pattern of its sources, from the root. */
  readonly sources: string
  /** Folders and files of tests, from the root. */
  readonly tests: readonly string[]
  readonly exclude: readonly string[]
  /** The least share of mutants, in percent, that the tests notice. */
  readonly goal: number
  /** Share of its cases that each law runs. */
  readonly lawsShare: number
}

/** Where a folder's promises are tested in another folder too: spans and counts of batches, checkpoints, columns inside of tables. */
const MORE_TESTS: Readonly<Record<string, readonly string[]>> = {
  transform: ['test/telemetry/channels.test.ts', 'test/telemetry/channels.laws.test.ts'],
  s3: ['test/telemetry/channels.test.ts'],
  idempotency: ['test/telemetry/channels.test.ts'],
  flow: ['test/telemetry', 'test/idempotency/batches.test.ts'],
  'codecs/csv': ['test/fanout/requests.test.ts', 'test/fanout/read-split.test.ts'],
  'codecs/json': ['test/fanout/requests.test.ts', 'test/fanout/plan-splits.test.ts'],
  'codecs/parquet': [
    'test/dataset/merge/footers.test.ts',
    'test/dataset/merge/writers.test.ts',
    'test/telemetry/channels.test.ts',
  ],
  testing: [
    'test/idempotency/stores.laws.test.ts',
    'test/send/senders.test.ts',
    'test/send/calls.test.ts',
    'test/fanout/gather/gather.laws.test.ts',
  ],
  columns: ['test/transform', 'test/codecs/csv/csv.test.ts', 'test/codecs/json/json.test.ts'],
}

/** Where the tests are not those of the folder's name: the formats of `codecs` have folders of their own. */
const OWN_TESTS: Readonly<Record<string, readonly string[]>> = {
  codecs: [
    'test/codecs/codec-for.test.ts',
    'test/codecs/inflated-source.laws.test.ts',
    'test/codecs/trace-codec.test.ts',
    'test/telemetry/channels.test.ts',
    'test/telemetry/channels.laws.test.ts',
  ],
  'errors.ts': ['test/errors.test.ts'],
}

/** The folders of `npm run mutate:all`. One with folders in this list counts with its own files alone; a file counts by itself. */
export const FOLDERS = [
  'limits',
  'telemetry',
  'flow',
  'transform',
  'send',
  'fanout',
  's3',
  'idempotency',
  'cdc',
  'events',
  'columns',
  'dataset',
  'internal',
  'testing',
  'codecs',
  'codecs/csv',
  'codecs/json',
  'codecs/parquet',
  'codecs/input',
  'codecs/text',
  'cli',
  'bundle',
  'errors.ts',
] as const

const GOAL = { codecs: 90, others: 95 }

/** Folders whose laws take seconds each: a mutant that lives would run for minutes. */
const SLOW_LAWS = /^(codecs|dataset|fanout)/
const SLOW_SHARE = 0.25

export function folderOf(name: string): MutatedFolder {
  const tests = [...(OWN_TESTS[name] ?? [`test/${name}`]), ...(MORE_TESTS[name] ?? [])]
  const goal = name.startsWith('codecs') ? GOAL.codecs : GOAL.others
  const lawsShare = SLOW_LAWS.test(name) ? SLOW_SHARE : 1
  return { name, sources: sourcesOf(name), tests, exclude: EXCLUDED, goal, lawsShare }
}

function sourcesOf(name: string): string {
  if (name.endsWith('.ts')) return `src/${name}`
  const isDivided = FOLDERS.some((folder) => folder.startsWith(`${name}/`))
  return isDivided ? `src/${name}/*.ts` : `src/${name}/**/*.ts`
}
