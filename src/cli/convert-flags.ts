import type { Flags } from './flag.ts'
import { PROGRESS_FLAG } from './progress.ts'
import { SHOWN_FLAG } from './refused-rows.ts'

/** Flags of `convert`, beside those for reading and writing. */
export const CONVERT_FLAGS = {
  force: { option: 'force', kind: 'on', help: 'replace OUT if it exists' },
  'skip-invalid-rows': {
    option: 'onInvalidRow',
    kind: 'on',
    formats: ['csv', 'json'],
    help: 'leave out rows that cannot be read, and list them on stderr; else the first one is an error',
  },
  ...SHOWN_FLAG,
  json: {
    option: 'json',
    kind: 'on',
    help: 'print the outcome as one JSON object: on stdout, or on stderr where OUT is -',
  },
  ...PROGRESS_FLAG,
} as const satisfies Flags
