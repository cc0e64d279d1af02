// `npm run build && npm run sizes` notes the bundle size of each subpath, for `test/package/size.test.ts` to compare with.
import { writeFileSync } from 'node:fs'
import { bundleSizes } from './bundle.ts'

const file = new URL('../test/package/sizes.json', import.meta.url)
const sizes = await bundleSizes()
writeFileSync(file, `${JSON.stringify(sizes, undefined, 2)}\n`)
console.table(sizes)
