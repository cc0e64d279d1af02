import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const READ = fileURLToPath(new URL('../../../../src/codecs/parquet/read/', import.meta.url))
/** From the bottom up. */
const FLOORS = ['bytes', 'footer', 'schema', 'encodings', 'pages', 'columns']

test.each(FLOORS)('%s imports from no higher floor', (room) => {
  const above = FLOORS.slice(FLOORS.indexOf(room) + 1)
  for (const name of readdirSync(`${READ}${room}`)) {
    const source = readFileSync(`${READ}${room}/${name}`, 'utf8')
    const rooms = [...source.matchAll(/from '\.\.\/([^/']+)\//g)].map(([, imported = '']) => imported)
    expect(
      rooms.filter((imported) => above.includes(imported)),
      name,
    ).toEqual([])
  }
})
