import { defineConfig } from 'vitest/config'

// biome-ignore lint/style/noDefaultExport: vitest takes its configuration so
export default defineConfig({ test: { include: ['test/real/*.real.ts'], testTimeout: 300_000, hookTimeout: 60_000 } })
