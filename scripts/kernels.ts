// `npm run kernels` compiles kernels/*.ts, which are AssemblyScript, into src/internal/kernels.
// `--check` fails where a file there is stale. `--debug` compiles with assertions, function names and source maps instead: for a debugger, never for a commit.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import asc from 'assemblyscript/asc'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const OUT = join(ROOT, 'src/internal/kernels')
/** Source maps and text of debug builds; git ignores it. */
const DEBUG_OUT = join(ROOT, '.kernels')
const isDebug = process.argv.includes('--debug')
const isCheck = process.argv.includes('--check')
const FLAGS = ['--runtime=stub', '--enable=simd']
const RELEASE_FLAGS = ['--optimizeLevel=3', '--converge', '--noAssert']

/** The module that exports a kernel's bytes, in base64. */
async function kernelModule(file: string): Promise<string> {
  let binary = new Uint8Array(0)
  const { error, stderr } = await asc.main([file, ...FLAGS, ...modeFlags(file), '--outFile=kernel.wasm'], {
    // A layout that TypeScript imports too names its imports with their ending, to which asc adds its own.
    readFile: (name, folder) => readIfThere(join(folder, name.replace(/\.ts\.ts$/, '.ts'))),
    writeFile(name, contents) {
      if (name === 'kernel.wasm') binary = contents as Uint8Array<ArrayBuffer>
      else writeFileSync(join(DEBUG_OUT, name.replace('kernel', basename(file, '.ts'))), contents)
    },
  })
  if (error !== null) throw new Error(`${file}\n${stderr.toString()}`)
  const name = basename(file, '.ts').toUpperCase().replaceAll('-', '_')
  const base64 = Buffer.from(binary).toString('base64')
  return `// Compiled from ${file} by \`npm run kernels\`.\nexport const ${name} =\n  '${base64}'\n`
}

/** In a debug build a debugger finds the source map by its URL, and the sources in the map. */
function modeFlags(file: string): readonly string[] {
  if (!isDebug) return RELEASE_FLAGS
  const map = pathToFileURL(join(DEBUG_OUT, `${basename(file, '.ts')}.wasm.map`))
  return ['--debug', `--sourceMap=${map}`, '--textFile=kernel.wat']
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(join(ROOT, path), 'utf8')
  } catch {
    return null
  }
}

if (isDebug) mkdirSync(DEBUG_OUT, { recursive: true })
const stale: string[] = []
for (const file of readdirSync(join(ROOT, 'kernels')).filter((name) => name.endsWith('.ts'))) {
  const text = await kernelModule(`kernels/${file}`)
  const path = join(OUT, file)
  const isStale = readIfThere(`src/internal/kernels/${file}`) !== text
  if (isStale && isCheck) stale.push(file)
  else if (isStale) writeFileSync(path, text)
}
if (stale.length > 0) {
  console.error(`compiled from older sources: ${stale.join(', ')}; run \`npm run kernels\``)
  process.exit(1)
}
