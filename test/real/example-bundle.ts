import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { builtFile, ROOT, subpaths } from '../package/support/packed.ts'

/** The README's flags of esbuild. */
function readmeFlags(): readonly string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8').replaceAll(/ \\\n\s*/g, ' ')
  const [, command = ''] = /^npx esbuild handler\.ts (.+)$/m.exec(readme) ?? []
  return command.split(' ').map((flag) => flag.replaceAll("'", ''))
}

/** Options that the README's flags mean, without those that name files. */
function readmeOptions() {
  const flags = readmeFlags()
  const flag = (name: string): string => flags.find((each) => each.startsWith(name))?.slice(name.length) ?? ''
  return {
    bundle: flags.includes('--bundle'),
    minify: flags.includes('--minify'),
    platform: flag('--platform=') as 'node',
    format: flag('--format=') as 'esm',
    mainFields: flag('--main-fields=').split(','),
    external: [flag('--external:')],
  }
}

export interface ExampleBundle {
  /** Folder of the function's code. */
  readonly task: string
  readonly bytes: number
}

/**
 * Bundle a file of `examples/` as the README says, from the package as it is built, into a folder of its own. The AWS SDK lies above it, as Lambda's
 * runtime brings one.
 */
export async function bundleExample(file: string, folder: string): Promise<ExampleBundle> {
  for (const subpath of subpaths) builtFile(subpath)
  linkSdk(folder)
  const task = join(folder, file.replaceAll(/\W/g, '-'))
  const outfile = join(task, 'handler.mjs')
  await build({
    ...readmeOptions(),
    entryPoints: [join(ROOT, 'examples', file)],
    outfile,
    // Else esbuild would follow the paths of tsconfig.json to the sources.
    tsconfigRaw: {},
    logLevel: 'silent',
  })
  return { task, bytes: statSync(outfile).size }
}

/** Put the AWS SDK above the tasks of a folder. */
export function linkSdk(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  const link = join(folder, 'node_modules/@aws-sdk')
  if (!existsSync(link)) symlinkSync(join(ROOT, 'node_modules/@aws-sdk'), link, 'junction')
}
