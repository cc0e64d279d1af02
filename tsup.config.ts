import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { defineConfig, type Options } from 'tsup'
import { ES_ONLY } from './scripts/es-only.ts'

export const entry: Readonly<Record<string, string>> = {
  index: 'src/index.ts',
  events: 'src/events/index.ts',
  codecs: 'src/codecs/index.ts',
  transform: 'src/transform/index.ts',
  s3: 'src/s3/index.ts',
  dataset: 'src/dataset/index.ts',
  flow: 'src/flow/index.ts',
  idempotency: 'src/idempotency/index.ts',
  'idempotency-dynamodb': 'src/idempotency/dynamodb-store.ts',
  'idempotency-s3': 'src/idempotency/s3-store.ts',
  cdc: 'src/cdc/index.ts',
  'cdc-table': 'src/cdc/table/index.ts',
  send: 'src/send/index.ts',
  'send-sqs': 'src/send/sqs.ts',
  'send-sns': 'src/send/sns.ts',
  'send-kinesis': 'src/send/kinesis.ts',
  'send-firehose': 'src/send/firehose.ts',
  'send-eventbridge': 'src/send/eventbridge.ts',
  'send-dynamodb': 'src/send/dynamodb.ts',
  fanout: 'src/fanout/index.ts',
  'fanout-gather': 'src/fanout/gather/index.ts',
  'fanout-dynamodb': 'src/fanout/gather/dynamodb-gather.ts',
  'fanout-s3': 'src/fanout/gather/s3-gather.ts',
  limits: 'src/limits/index.ts',
  telemetry: 'src/telemetry/index.ts',
  bundle: 'src/bundle/index.ts',
  testing: 'src/testing/index.ts',
}

const ARROW = /^apache-arrow$/

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** Only what is used of Arrow: see the file. Types stay those of `apache-arrow`. */
const slimArrow: Plugin = {
  name: 'slim-arrow',
  setup(build) {
    build.onResolve({ filter: ARROW }, () => ({ path: resolve('src/columns/arrow.ts') }))
  },
}

/** Lines that are no part of a docstring. */
const CODE_LINES = /^(?!\s*\/?\*).*$/gm

/** Calls of zod as ones that a bundler may drop with what they make: who imports one schema does not carry the others. */
const pureSchemas: Plugin = {
  name: 'pure-schemas',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]events[\\/][^\\/]+\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(CODE_LINES, (code) =>
        code.replaceAll(/\bz\.[a-z]\w*\(/g, '/* @__PURE__ */ $&'),
      ),
      loader: 'ts',
    }))
  },
}

/** The command line loads the files that users import, so that it changes nothing in them. */
const overLibrary: Plugin = {
  name: 'over-library',
  setup(build) {
    build.onResolve({ filter: /^\.\.\/\w+\/index\.ts$/ }, ({ path }) => ({
      path: `./${path.split('/')[1]}.js`,
      external: true,
    }))
  },
}

const shared: Options = {
  entry: { ...entry },
  target: 'node20',
  platform: 'node',
  splitting: true,
  treeshake: true,
  removeNodeProtocol: false,
  esbuildPlugins: [slimArrow, pureSchemas],
}

export default defineConfig([
  { ...shared, format: 'esm', dts: true, noExternal: [ARROW] },
  {
    ...shared,
    format: 'cjs',
    noExternal: [ARROW, ...ES_ONLY.map((name) => new RegExp(`^${name}(/|$)`))],
  },
  { ...shared, entry: { cli: 'src/cli/main.ts' }, format: 'esm', esbuildPlugins: [overLibrary] },
])
