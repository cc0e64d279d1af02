// Removes the last build: two builds, ES modules and CommonJS, write to `dist` side by side, so neither may clean it.
import { rmSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
