import { LAMBDA_LIMITS } from '../limits/index.ts'
import type { Flags } from './flag.ts'
import { PROGRESS_FLAG } from './progress.ts'
import { SHOWN_FLAG } from './refused-rows.ts'

/** Flags of `inspect`, in addition to those for reading. */
export const INSPECT_FLAGS = {
  json: { option: 'json', kind: 'on', help: 'print one JSON object, for scripts' },
  ...SHOWN_FLAG,
  'memory-mb': {
    option: 'memoryMb',
    kind: 'number',
    help: `memory of the function for the estimate; default ${LAMBDA_LIMITS.memoryMbPerVcpu}, or more if the job needs it`,
  },
  architecture: {
    option: 'architecture',
    kind: 'text',
    choices: ['arm64', 'x86_64'],
    help: 'of the function; default arm64',
  },
  ...PROGRESS_FLAG,
} as const satisfies Flags
