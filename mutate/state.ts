import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** How a mutant ended in a test: the test failed, ran out of time, or ended its process. */
export type End = 'killed' | 'timeout' | 'crash'

/** What the processes of a run write down, a line each; a process that ends early loses only the test it was in. */
export type Note =
  | {
      readonly note: 'test'
      readonly test: string
      readonly name: string
      readonly file: string
      readonly ms: number
      readonly covered: Readonly<Record<string, number>>
    }
  | { readonly note: 'broken'; readonly test: string; readonly name: string; readonly why: string }
  | { readonly note: 'loaded'; readonly mutants: readonly string[] }
  | { readonly note: 'end'; readonly mutant: string; readonly end: End; readonly by: string; readonly why?: string }
  | { readonly note: 'passed'; readonly mutant: string; readonly test: string }
  | { readonly note: 'done'; readonly test: string }
  | { readonly note: 'fragile' | 'unrepeatable'; readonly test: string }

/** Everything that the processes so far have found out. */
export interface State {
  readonly tests: Map<string, Extract<Note, { note: 'test' }>>
  readonly broken: Extract<Note, { note: 'broken' }>[]
  /** Mutants that run while modules load, where no switch can reach them. */
  readonly loaded: Set<string>
  readonly ends: Map<string, Extract<Note, { note: 'end' }>>
  /** `mutant test` of each pair that passed. */
  readonly passed: Set<string>
  readonly done: Set<string>
  /** Tests that failed without a mutant after one: their kills are checked one by one. */
  readonly fragile: Set<string>
  /** Tests that cannot run twice in one process. */
  readonly unrepeatable: Set<string>
}

const FILE = 'state.jsonl'

export function writeNote(folder: string, note: Note): void {
  appendFileSync(join(folder, FILE), `${JSON.stringify(note)}\n`)
}

export function readState(folder: string): State {
  const state: State = {
    tests: new Map(),
    broken: [],
    loaded: new Set(),
    ends: new Map(),
    passed: new Set(),
    done: new Set(),
    fragile: new Set(),
    unrepeatable: new Set(),
  }
  const file = join(folder, FILE)
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  for (const line of lines) if (line !== '') enter(state, JSON.parse(line))
  return state
}

function enter(state: State, note: Note): void {
  switch (note.note) {
    case 'test':
      state.tests.set(note.test, note)
      break
    case 'broken':
      state.broken.push(note)
      break
    case 'loaded':
      for (const mutant of note.mutants) state.loaded.add(mutant)
      break
    case 'end':
      state.ends.set(note.mutant, note)
      break
    case 'passed':
      state.passed.add(`${note.mutant} ${note.test}`)
      break
    default:
      state[note.note].add(note.test)
  }
}
