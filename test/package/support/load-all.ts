/** Source of a script that loads each subpath given as an argument and prints `{ subpath: names it exports, sorted }` as JSON. */
export const LOAD_ALL = {
  import: `const found = {}
for (const subpath of process.argv.slice(2)) found[subpath] = Object.keys(await import(subpath)).sort()
console.log(JSON.stringify(found))`,
  require: `const found = {}
for (const subpath of process.argv.slice(2)) found[subpath] = Object.keys(require(subpath)).sort()
console.log(JSON.stringify(found))`,
} as const

const ROUND_TRIP = `
const rows = [{ id: 9007199254740993n, name: 'Ada' }, { id: 2n, name: null }]
const csvBytes = codecs.encodeCsv(codecs.tableFromRows(rows))
const clean = transform.transformTable(codecs.decodeCsv(csvBytes), transform.dropDuplicates())
const parquet = await codecs.encodeParquet(clean)
const text = (key, value) => (typeof value === 'bigint' ? String(value) : value)
console.log(JSON.stringify([...codecs.rowsFromTable(await codecs.decodeParquet(parquet))], text))`

/** Source of a script that takes two rows from CSV through a transform to Parquet and back, and prints them as JSON. */
export const ROUND_TRIPS = {
  import: `import * as codecs from 'millrace/codecs'
import * as transform from 'millrace/transform'
${ROUND_TRIP}`,
  require: `const codecs = require('millrace/codecs')
const transform = require('millrace/transform')
;(async () => {${ROUND_TRIP}
})()`,
} as const
