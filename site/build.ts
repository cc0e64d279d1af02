// `npm run site` builds the site into site/.out/www; with `--serve` it then serves it, on this machine alone.
import { build } from 'vitepress'
import { writeContent } from './content.ts'
import { serveSite } from './serve.ts'

const PORT = 4173

await writeContent()
await build(import.meta.dirname)
if (process.argv.includes('--serve')) console.log(`serving ${(await serveSite(PORT)).address}`)
