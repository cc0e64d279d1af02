import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundle } from '../../scripts/bundle.ts'
import { removeFolder, scratchFolder, subpaths } from './support/packed.ts'

const folder = scratchFolder()

/**
 * Loaded before the subpath: every socket of Node, and every look-up of a name, goes through these, and here they refuse. The permission model
 * of Node refuses files (but the bundle itself and this script), child processes, workers and native addons.
 */
const GUARD = `
import { Socket } from 'node:net'
import dgram from 'node:dgram'
import dns from 'node:dns'
const refuse = (what) => () => { console.error('network on import: ' + what); process.exit(3) }
Socket.prototype.connect = refuse('connect')
dgram.Socket.prototype.bind = dgram.Socket.prototype.send = refuse('datagram')
dns.lookup = dns.resolve = dns.promises.lookup = dns.promises.resolve = refuse('dns')
`

/** Globals that dependencies set on purpose: zod shares its configuration between copies, the AWS SDK keeps Lambda's own object. */
const KNOWN_GLOBALS = ['__zod_globalConfig', 'awslambda']

const PROBE = `
const globals = new Set(Reflect.ownKeys(globalThis))
await import(process.argv[2])
const resources = process.getActiveResourcesInfo().filter((kind) => kind !== 'PipeWrap')
console.log(JSON.stringify({ resources, globals: Reflect.ownKeys(globalThis).filter((key) => !globals.has(key)).map(String) }))
`

beforeAll(() => {
  writeFileSync(join(folder, 'guard.mjs'), GUARD)
  writeFileSync(join(folder, 'probe.mjs'), PROBE)
})
afterAll(() => removeFolder(folder))

test.each(subpaths)(
  '%s: importing it reads no file, opens no socket, starts no timer, leaves no global',
  async (subpath) => {
    const file = join(folder, `${subpath.replaceAll('/', '-')}.mjs`)
    writeFileSync(file, await bundle([subpath]))
    const args = [
      '--permission',
      `--allow-fs-read=${folder}/*`,
      '--import',
      join(folder, 'guard.mjs'),
      join(folder, 'probe.mjs'),
      file,
    ]
    const output = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' })
    const { resources, globals } = JSON.parse(output)
    expect(resources).toEqual([])
    expect(globals.filter((name: string) => !KNOWN_GLOBALS.includes(name))).toEqual([])
  },
)
