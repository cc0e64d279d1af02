/** The first line of a bootstrap, by which it is recognised. */
export const MARK = '// Made by millrace/bundle.'

/** Begins the line of a maker that says why it failed. */
export const FATAL = 'millrace/bundle failed: '

/** Reads the bundle and, where it fits this process, the code that V8 compiled of it. The same text begins a bootstrap and a maker of caches. */
const LOADER = String.raw`const { readFileSync } = require('node:fs')
const Module = require('node:module')
const { Script, constants } = require('node:vm')
const { crc32 } = require('node:zlib')

const bundle = __dirname + '/' + NAMES.bundle
const head = '(function (exports, require, module, __filename, __dirname) {' + (IS_STRICT ? '"use strict";' : '')

function identity() {
  const { version, versions, platform, arch, config } = process
  const build = Object.entries(config.variables).filter(([name]) => name.startsWith('v8_'))
  return { node: version, v8: versions.v8, platform, arch, build: crc32(JSON.stringify(build)) }
}

// The first words of V8's own header: its version, its flags, its read-only heap.
function headerWords(data) {
  return Array.from({ length: 5 }, (_, index) => (index === 2 ? 0 : data.readUInt32LE(4 * index)))
}

function ownWords() {
  return headerWords(new Script('0').createCachedData())
}

// Sizes of the heap, an exposed collector and what Node alone reads change no compiled code. Lambda sets them by the memory of the function.
const HARMLESS = /^(?:(?:max|min)-(?:old|semi|new)-space-size(?:-percentage)?|expose-gc|max-http-header-size|enable-source-maps|r|require|import|loader|experimental-loader|(?:no|trace|disable)-(?:warnings?|deprecation)|unhandled-rejections|dns-result-order|use-(?:openssl|bundled|system)-ca|tls-[\w.-]+)(?:=|$)/

function flags() {
  // Node reads quotes and one dash as well.
  const all = [...process.execArgv, ...(process.env.NODE_OPTIONS || '').replace(/["\\]/g, '').split(/\s+/)]
  const given = all.filter((flag) => flag.startsWith('-')).map((flag) => flag.replace(/^-+/, '').replaceAll('_', '-'))
  return given.filter((flag) => !HARMLESS.test(flag)).map((flag) => '--' + flag).join(' ')
}

function compile(source, cachedData) {
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  // A hashbang becomes a comment of the same length.
  return new Script(head + source.toString('utf8').replace(/^#!/, '//') + '\n})', { filename: bundle, columnOffset: -head.length, cachedData, importModuleDynamically })
}

function evaluate(script) {
  // The loader of Node looks for a map where it compiles a module of this name, and finds it for all code of the name.
  if (process.sourceMapsEnabled && script.sourceMapURL) new Module(bundle)._compile('\n//# source' + 'MappingURL=' + script.sourceMapURL, bundle)
  const own = new Module(bundle, module)
  own.filename = bundle
  own.paths = module.paths
  script.runInThisContext().call(own.exports, own.exports, Module.createRequire(bundle), own, bundle, __dirname)
  own.loaded = true
  return own.exports
}
`

const START = `
function cacheFor(source) {
  let file
  try {
    file = readFileSync(__dirname + '/' + NAMES.cache)
  } catch (error) {
    throw new Error(error.code === 'ENOENT' ? 'there is no ' + NAMES.cache : NAMES.cache + ' cannot be read: ' + error.code)
  }
  const { data, meta } = parts(file)
  const now = identity()
  const names = Object.keys(now).filter((name) => meta.identity[name] !== now[name])
  if (names.length > 0) throw new Error(names.map((name) => 'made for ' + name + ' ' + meta.identity[name] + ', this is ' + now[name]).join('; '))
  if (meta.source !== crc32(source)) throw new Error(NAMES.bundle + ' is not the file that it was made of')
  const words = ownWords()
  if (words[3] !== meta.words[3] && words.every((word, index) => index === 3 || word === meta.words[index])) {
    // A worker may have flags of its own, which are not those of V8 as a whole.
    if (!require('node:worker_threads').isMainThread) throw new Error('a worker under other flags of V8 than the cache')
    if (flags() !== meta.flags) throw new Error('made under ' + (meta.flags || 'no flags of V8') + ', this process has ' + (flags() || 'none'))
    // V8 before that of Node 24 takes sizes of the heap for a reason to compile again.
    data.writeUInt32LE(words[3], 12)
  }
  return data
}

function parts(file) {
  try {
    const end = file.length - 8
    if (crc32(file.subarray(0, end + 4)) === file.readUInt32LE(end + 4)) {
      const start = end - file.readUInt32LE(end)
      return { data: file.subarray(0, start), meta: JSON.parse(file.toString('utf8', start, end)) }
    }
  } catch {}
  throw new Error(NAMES.cache + ' is damaged')
}

const source = readFileSync(bundle)
let data
let reason
try {
  data = cacheFor(source)
} catch (error) {
  reason = error.message
}
const script = compile(source, data)
if (data !== undefined && script.cachedDataRejected) reason = 'V8 rejected it, as of another build of Node or of other flags'
if (reason !== undefined) console.warn('millrace/bundle: ' + NAMES.bundle + ' starts without its code cache: ' + reason + '. Make the cache on the Node that runs it, and deploy again.')
module.exports = evaluate(script)
`

const MAKE = String.raw`
const { existsSync, renameSync, rmSync, writeFileSync } = require('node:fs')

// Lambda's runtime defines this before it loads a handler that streams its response.
globalThis.awslambda ??= {
  streamifyResponse: (handler) => Object.assign(handler, { [Symbol.for('aws.lambda.runtime.handler.streaming')]: 'response' }),
  HttpResponseStream: { from: (stream) => stream },
}

let isOver = false
process.on('exit', (code) => {
  if (isOver) return
  console.error('${FATAL}it ended its process, or waits for something that never comes, while it was loaded or warmed up')
  process.exitCode = code || 1
})

async function make() {
  const source = readFileSync(bundle)
  const script = compile(source)
  const loaded = evaluate(script)
  const warmUp = __dirname + '/' + NAMES.warmUp
  if (existsSync(warmUp)) await require(warmUp).warmUp(loaded)
  const data = script.createCachedData()
  if (compile(source, data).cachedDataRejected) throw new Error('V8 rejects the code that it has just written')
  const words = ownWords()
  const meta = Buffer.from(JSON.stringify({ identity: identity(), source: crc32(source), words, flags: flags() }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(meta.length)
  const content = Buffer.concat([data, meta, length])
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32LE(crc32(content))
  const cache = __dirname + '/' + NAMES.cache
  writeFileSync(cache + '.new', Buffer.concat([content, checksum]))
  renameSync(cache + '.new', cache)
  for (const file of [__filename, warmUp]) rmSync(file, { force: true })
  const handlers = Object.keys(Object(loaded)).filter((name) => isFunction(loaded, name))
  return { handlers, bytes: data.length, identity: identity() }
}

function isFunction(loaded, name) {
  try {
    return typeof loaded[name] === 'function'
  } catch {
    return false
  }
}

make().then(
  (made) => {
    isOver = true
    process.stdout.write('\n' + JSON.stringify({ millraceCodeCache: made }) + '\n', () => process.exit(0))
  },
  (error) => {
    isOver = true
    console.error(error)
    console.error('${FATAL}' + String(error && error.message ? error.name + ': ' + error.message : error).split('\n')[0])
    process.exit(1)
  },
)
`

/** Names of the files of one handler, all in one folder. */
export interface CacheFiles {
  readonly bundle: string
  readonly cache: string
  readonly maker: string
  readonly warmUp: string
}

export interface BootstrapOptions {
  readonly files: CacheFiles
  /** True if the bundle consists of ES modules, which are strict code without a directive. */
  readonly isStrict: boolean
  /** Names that the bundle exports, as far as they are known, for tools that look for them in the text. */
  readonly exports: readonly string[]
}

/** The text of the module that Lambda loads in the place of the bundle. */
export function bootstrapText(options: BootstrapOptions): string {
  const names = options.exports.filter((name) => /^[A-Za-z_$][\w$]*$/.test(name))
  const hint = names.length === 0 ? '' : `0 && (module.exports = { ${names.join(', ')} })\n`
  return constants(options) + LOADER + START + hint
}

/** The text of the script that makes the cache, on the Node that it is run by, and removes itself. */
export function makerText(options: BootstrapOptions): string {
  return constants(options) + LOADER + MAKE
}

function constants({ files, isStrict }: BootstrapOptions): string {
  return `${MARK}\n'use strict'\nconst NAMES = ${JSON.stringify(files)}\nconst IS_STRICT = ${isStrict}\n`
}
