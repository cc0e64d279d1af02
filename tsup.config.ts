import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    events: 'src/events/index.ts',
    codecs: 'src/codecs/index.ts',
    transform: 'src/transform/index.ts',
    s3: 'src/s3/index.ts',
  },
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  dts: true,
  clean: true,
  splitting: true,
  treeshake: true,
})
