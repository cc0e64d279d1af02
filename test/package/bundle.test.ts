import { execFile, execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { s3Event } from '../../demo/s3-event.ts'
import { decodeParquet, rowsFromTable } from '../../src/codecs/index.ts'
import { BUCKET, startS3Server } from '../support/s3-server.ts'
import { install, linkPackage, pack, ROOT, removeFolder, scratchFolder } from './support/packed.ts'

const folder = scratchFolder()
afterAll(() => removeFolder(folder))

/** The README's command, on one line. */
function readmeLine(): string {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8').replaceAll(/ \\\n\s*/g, ' ')
  return /^npx esbuild (.*)$/m.exec(readme)?.[1] ?? ''
}

/** The command as a shell splits it. */
function readmeCommand(): readonly string[] {
  const line = readmeLine()
  return Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, bare]) => quoted ?? bare ?? '')
}

const MAIN = `
import { S3Client } from '@aws-sdk/client-s3'
import { createHandler } from './handler.ts'

const [endpoint, event] = process.argv.slice(2)
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
const client = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true })
console.log(JSON.stringify(await createHandler({ client })(JSON.parse(event))))
`

describe("the README's command", () => {
  const args = readmeCommand()

  test('is quoted: zsh expands what it takes for a pattern', () => {
    expect(readmeLine().replaceAll(/'[^']*'/g, '')).not.toMatch(/[*?[\]{}~]/)
    expect(args).toContain('--main-fields=module,main')
  })

  test('bundles the S3 job with the AWS SDK inside, as one ES module that runs', async () => {
    install(pack(folder), folder)
    linkPackage(folder, '@aws-sdk/client-s3')
    writeFileSync(join(folder, 'handler.ts'), readFileSync(join(ROOT, 'examples/s3-job/handler.ts')))
    writeFileSync(join(folder, 'main.ts'), MAIN)
    const whole = args.filter((each) => !each.startsWith('--external') && !each.startsWith('--outfile'))
    const command = [...whole.map((each) => (each === 'handler.ts' ? 'main.ts' : each)), '--outfile=main.mjs']
    execFileSync(join(ROOT, 'node_modules/.bin/esbuild'), command, { cwd: folder, stdio: 'pipe' })
    // A bundle that asks for a module of Node by require fails at once: `Dynamic require of "buffer" is not supported`.
    expect(readFileSync(join(folder, 'main.mjs'), 'utf8')).not.toMatch(/\brequire\(["'](?:node:)?\w+["']\)/)
    removeFolder(join(folder, 'node_modules'))

    const server = await startS3Server()
    try {
      await server.put('landing/a.csv', 'Order ID,Zip\n1,02139\n1,02139\n')
      const event = JSON.stringify(s3Event(BUCKET, 'landing/a.csv', 1))
      const run = await promisify(execFile)(process.execPath, ['main.mjs', server.endpoint, event], { cwd: folder })
      expect(JSON.parse(run.stdout)).toMatchObject([{ output: 'processed/a.parquet', rowsIn: 2, rowsOut: 1 }])
      const table = await decodeParquet(await server.get('processed/a.parquet'))
      expect([...rowsFromTable(table)]).toMatchObject([{ order_id: 1n, zip: '02139' }])
    } finally {
      await server.close()
    }
  })
})
