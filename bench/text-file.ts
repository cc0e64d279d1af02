import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'

const FLUSH_CHARS = 1 << 20

/** Folder of the generated files. */
export const DATA = fileURLToPath(new URL('./data/', import.meta.url))

/** Path of a file of these lines, made once and kept. */
export async function textFile(path: string, lines: Iterable<string>): Promise<string> {
  if (existsSync(path)) return path
  mkdirSync(dirname(path), { recursive: true })
  process.stderr.write(`making ${path}\n`)
  const file = createWriteStream(`${path}.part`)
  let text = ''
  for (const line of lines) {
    text += line
    if (text.length < FLUSH_CHARS) continue
    if (!file.write(text)) await once(file, 'drain')
    text = ''
  }
  file.end(text)
  await finished(file)
  renameSync(`${path}.part`, path)
  return path
}
