// `npm run site` builds the site into site/.out/www; with `--serve` it serves it then, on this machine.
import { build, serve } from 'vitepress'
import { writeContent } from './content.ts'

const SITE = import.meta.dirname

await writeContent()
await build(SITE)
if (process.argv.includes('--serve')) await serve({ root: SITE })
