// `npm run docs:layers` writes the table of who may import whom into docs/architecture.md, from the one that test/package/boundaries.test.ts checks.
import { readFileSync, writeFileSync } from 'node:fs'
import { layersTable } from '../test/package/support/layers.ts'

const PAGE = new URL('../docs/architecture.md', import.meta.url)
const TABLE = /\| Layer \| may import[^\n]*\n(\|[^\n]*\n)+/

const page = readFileSync(PAGE, 'utf8')
if (!TABLE.test(page)) throw new Error('docs/architecture.md has no table of layers to replace')
writeFileSync(
  PAGE,
  page.replace(TABLE, () => `${layersTable()}\n`),
)
