import { defineConfig } from 'vitest/config'

/** `npm run test:site`: tests of the built site, in a browser. */
export default defineConfig({
  test: {
    include: ['test/site/browser/*.browser.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
