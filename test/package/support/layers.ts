/** Imports that a layer of `src` may have. */
export interface Layer {
  /** Layers of this package that it may import, besides itself. */
  readonly layers: readonly string[]
  /** Single files of other layers that it may import: files that need no peer although their layer has one. */
  readonly files?: readonly string[]
  /** Layers of which it may take types alone: the names, or `*` for all. */
  readonly types?: Readonly<Record<string, readonly string[]>>
  /** Packages that it may load. Built-in modules of Node are free for all. */
  readonly packages?: readonly string[]
}

/** The layers that every other one may import. */
const BASE = ['errors.ts', 'result.ts', 'internal']

/** Imports by layer, which is a folder of `src`, or a file directly in it. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  'errors.ts': { layers: [] },
  'result.ts': { layers: ['errors.ts'] },
  internal: { layers: ['errors.ts', 'result.ts'] },
  columns: { layers: BASE, packages: ['apache-arrow'] },
  codecs: {
    layers: [...BASE, 'columns'],
    packages: ['apache-arrow', 'hyparquet', 'hyparquet-writer'],
  },
  transform: { layers: [...BASE, 'columns'], packages: ['apache-arrow'] },
  events: { layers: BASE, packages: ['zod'] },
  s3: { layers: BASE, types: { codecs: ['ByteSource'] }, packages: ['@aws-sdk/client-s3'] },
  dataset: { layers: [...BASE, 'columns', 'codecs', 's3'], packages: ['apache-arrow', '@aws-sdk/client-s3'] },
  flow: { layers: [...BASE, 'events', 'idempotency'] },
  idempotency: { layers: BASE, packages: ['@aws-sdk/client-s3', '@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb'] },
  cdc: { layers: [...BASE, 'events'] },
  // Changes as Arrow tables, a subpath of their own: the one part of cdc that needs columns.
  'cdc/table': { layers: [...BASE, 'cdc', 'columns'], packages: ['apache-arrow'] },
  // `files`: plain values as DynamoDB writes them, and numbers that are one key however they are spelled.
  send: {
    layers: BASE,
    files: ['cdc/serialize-image.ts', 'cdc/number-text.ts'],
    packages: [
      '@aws-sdk/client-sqs',
      '@aws-sdk/client-sns',
      '@aws-sdk/client-kinesis',
      '@aws-sdk/client-firehose',
      '@aws-sdk/client-eventbridge',
      '@aws-sdk/client-dynamodb',
    ],
  },
  // What needs no Arrow, a subpath of its own: the barrier and its stores, plans and their proof.
  'fanout/gather': { layers: BASE, packages: ['@aws-sdk/client-s3', '@aws-sdk/client-dynamodb'] },
  fanout: {
    layers: [...BASE, 'columns', 'codecs', 's3', 'fanout/gather'],
    packages: ['apache-arrow', '@aws-sdk/client-s3'],
  },
  limits: { layers: BASE },
  // At build time alone: esbuild is loaded by the call that needs it.
  bundle: { layers: BASE, packages: ['esbuild'] },
  // The command line, over what users import. Of Arrow it takes types alone.
  cli: { layers: BASE, files: ['codecs/index.ts', 'limits/index.ts'], packages: ['apache-arrow'] },
  telemetry: { layers: BASE },
  testing: {
    layers: [
      ...BASE,
      'columns',
      'codecs',
      'transform',
      'events',
      's3',
      'flow',
      'idempotency',
      'cdc',
      'cdc/table',
      'fanout/gather',
      'limits',
      'telemetry',
    ],
    packages: ['fast-check', 'apache-arrow', 'zod'],
  },
  'index.ts': {
    layers: [
      ...BASE,
      'columns',
      'codecs',
      'transform',
      'events',
      'flow',
      'idempotency',
      'cdc',
      'cdc/table',
      'send',
      'fanout/gather',
      'limits',
      'telemetry',
    ],
    files: [
      's3/output-key.ts',
      'dataset/athena-table.ts',
      'dataset/by-bucket.ts',
      'dataset/by-hash.ts',
      'dataset/by-period.ts',
      'dataset/hive-path.ts',
      'dataset/partition-by.ts',
      'dataset/partition-rule.ts',
    ],
  },
}

/** The only files of a layer that may load its packages; in a layer that is not listed, every file may. */
export const PEER_FILES: Readonly<Record<string, readonly string[]>> = {
  bundle: ['bundle/esbuild.ts'],
  send: [
    'send/sqs.ts',
    'send/sns.ts',
    'send/kinesis.ts',
    'send/firehose.ts',
    'send/eventbridge.ts',
    'send/dynamodb.ts',
  ],
  'fanout/gather': ['fanout/gather/dynamodb-gather.ts', 'fanout/gather/s3-gather.ts'],
  idempotency: ['idempotency/dynamodb-store.ts', 'idempotency/dynamodb-checkpoint-store.ts', 'idempotency/s3-store.ts'],
}

/** The layers as the table of `docs/architecture.md`. */
export function layersTable(): string {
  const rows = Object.entries(LAYERS).map(
    ([name, layer]) => `| ${code([name])} | ${inner(layer)} | ${code(layer.packages ?? [])} |`,
  )
  return ['| Layer | may import | and load |', '| --- | --- | --- |', ...rows].join('\n')
}

function inner({ layers, files = [], types = {} }: Layer): string {
  const own = layers.filter((layer) => !BASE.includes(layer))
  const base = BASE.every((layer) => layers.includes(layer))
    ? ['the base']
    : layers.filter((layer) => BASE.includes(layer)).map(quoted)
  const typesOf = Object.entries(types).map(
    ([layer, names]) => `types of ${quoted(layer)}: ${names.map(quoted).join(', ')}`,
  )
  return [...base, ...[...own, ...files].map(quoted), ...typesOf].join(', ') || 'nothing'
}

function code(names: readonly string[]): string {
  return names.map(quoted).join(', ')
}

function quoted(name: string): string {
  return `\`${name}\``
}
