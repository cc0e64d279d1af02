import type { Flags } from './flag.ts'
import { PROGRESS_FLAG } from './progress.ts'
import { SHOWN_FLAG } from './refused-rows.ts'

/** Flags of `convert`, in addition to those for reading and writing. */
export const CONVERT_FLAGS = {
  force: { option: 'force', kind: 'on', help: 'replace OUT if it exists' },
  'skip-invalid-rows': {
    option: 'onInvalidRow',
    kind: 'on',
    formats: ['csv', 'json'],
    help: 'skip rows that cannot be read, and list them on stderr; by default the first one is an error',
  },
  ...SHOWN_FLAG,
  json: {
    option: 'json',
    kind: 'on',
    help: 'print the outcome as one JSON object: on stdout, or on stderr if OUT is -',
  },
  ...PROGRESS_FLAG,
} as const satisfies Flags
