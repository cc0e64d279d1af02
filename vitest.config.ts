import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const src = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^millrace\/idempotency\/(.+)$/, replacement: `${src('')}idempotency/$1-store.ts` },
      { find: /^millrace\/send\/(.+)$/, replacement: `${src('')}send/$1.ts` },
      { find: /^millrace\/fanout\/(dynamodb|s3)$/, replacement: `${src('')}fanout/gather/$1-gather.ts` },
      { find: /^millrace\/(.+)$/, replacement: `${src('')}$1/index.ts` },
      { find: /^millrace$/, replacement: src('index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/**/*.types.test.ts'],
    typecheck: { enabled: true, include: ['test/**/*.types.test.ts'], tsconfig: './tsconfig.json' },
    // vitest leaves a core free for itself, which it hardly uses: on two cores that would be one worker.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
  },
})
