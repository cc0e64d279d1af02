import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { headOf, keyOf, type Mutant } from './mutant.ts'

/** Why no test kills a mutant: nothing changes, only time or memory does, or only the text of a message does. */
export type AcceptedKind = 'equivalent' | 'speed' | 'text'

/** A mutant that may live, by its text: no line number, so that edits elsewhere in the file leave it valid. */
export interface Accepted {
  readonly file: string
  readonly line: string
  readonly original: string
  readonly replacement: string
  readonly kind: AcceptedKind
  /** One line that lets a reader check the claim. */
  readonly reason: string
}

const KINDS = ['equivalent', 'speed', 'text']

export function acceptedKey({ file, line, original, replacement }: Omit<Accepted, 'kind' | 'reason'>): string {
  return JSON.stringify([file, line, original, replacement])
}

export function isAccepted(mutant: Mutant, keys: ReadonlySet<string>): boolean {
  return keys.has(keyOf(mutant))
}

export function readAccepted(root: string, folder: string): readonly Accepted[] {
  const file = fileOf(root, folder)
  if (!existsSync(file)) return []
  const entries: readonly Accepted[] = JSON.parse(readFileSync(file, 'utf8'))
  const wrong = entries.find(({ kind, reason }) => !KINDS.includes(kind) || (reason ?? '').trim() === '')
  if (wrong) throw new Error(`${file}: ${acceptedKey(wrong)} needs a kind (${KINDS.join(', ')}) and a reason`)
  return entries
}

/** Entries whose mutant is made no more: the code has changed, so the claim must be checked again. */
export function staleEntries(accepted: readonly Accepted[], all: readonly Mutant[]): readonly Accepted[] {
  const keys = new Set(all.map(keyOf))
  return accepted.filter((entry) => !keys.has(acceptedKey(entry)))
}

/** Add mutants with a reason, written `equivalent: why`; drop stale entries. */
export function addAccepted(root: string, folder: string, mutants: readonly Mutant[], why: string): void {
  const [, kind = '', reason = ''] = /^(\w+): (.+)$/.exec(why) ?? []
  if (!KINDS.includes(kind)) throw new Error(`--accept takes '${KINDS.join("' or '")}: why'`)
  const added = mutants.map(({ file, lineText, original, replacement }) => ({
    file,
    line: lineText,
    original: headOf(original),
    replacement: headOf(replacement),
    kind: kind as AcceptedKind,
    reason,
  }))
  writeAccepted(root, folder, [...readAccepted(root, folder), ...added])
}

export function writeAccepted(root: string, folder: string, entries: readonly Accepted[]): void {
  const byKey = new Map(entries.map((entry) => [acceptedKey(entry), entry]))
  const sorted = [...byKey].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, entry]) => entry)
  mkdirSync(dirname(fileOf(root, folder)), { recursive: true })
  writeFileSync(fileOf(root, folder), `${JSON.stringify(sorted, null, 2)}\n`)
}

function fileOf(root: string, folder: string): string {
  return join(root, 'mutate/accepted', `${folder.replaceAll('/', '-')}.json`)
}
