// `npm run kernels` compiles kernels/*.ts, which are AssemblyScript, into src/internal/kernels; with `--check` it fails where a file there is stale.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const OUT = join(ROOT, 'src/internal/kernels')
const FLAGS = ['--optimizeLevel=3', '--converge', '--noAssert', '--runtime=stub', '--enable=simd']

/** The module that exports a kernel's bytes, in base64. */
async function kernelModule(file: string): Promise<string> {
  let binary = new Uint8Array(0)
  const { error, stderr } = await asc.main([file, ...FLAGS, '--outFile=kernel.wasm'], {
    readFile: (name, folder) => readIfThere(join(folder, name)),
    writeFile(_name, contents) {
      binary = contents as Uint8Array<ArrayBuffer>
    },
  })
  if (error !== null) throw new Error(`${file}\n${stderr.toString()}`)
  const name = basename(file, '.ts').toUpperCase().replaceAll('-', '_')
  const base64 = Buffer.from(binary).toString('base64')
  return `// Compiled from ${file} by \`npm run kernels\`.\nexport const ${name} =\n  '${base64}'\n`
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(join(ROOT, path), 'utf8')
  } catch {
    return null
  }
}

const stale: string[] = []
for (const file of readdirSync(join(ROOT, 'kernels')).filter((name) => name.endsWith('.ts'))) {
  const text = await kernelModule(`kernels/${file}`)
  const path = join(OUT, file)
  const isStale = readIfThere(`src/internal/kernels/${file}`) !== text
  if (isStale && process.argv.includes('--check')) stale.push(file)
  else if (isStale) writeFileSync(path, text)
}
if (stale.length > 0) {
  console.error(`compiled from older sources: ${stale.join(', ')}; run \`npm run kernels\``)
  process.exit(1)
}
