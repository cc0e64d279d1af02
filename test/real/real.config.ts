import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { include: ['test/real/*.real.ts'], testTimeout: 300_000, hookTimeout: 60_000 } })
