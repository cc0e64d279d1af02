import { type Mutant, rankOf } from './mutant.ts'

export interface Choice {
  readonly sample: number
  readonly seed: number
  readonly line: string | undefined
}

/** The mutants to run: those of a line or file, or a sample that depends on the seed and each mutant's own text. */
export function chooseMutants(mutants: readonly Mutant[], { sample, seed, line }: Choice): readonly Mutant[] {
  if (line !== undefined) return mutants.filter((mutant) => isOnLine(mutant, line))
  if (mutants.length <= sample) return mutants
  const ranked = mutants.map((mutant) => ({ mutant, rank: rankOf(mutant, seed) }))
  const chosen = ranked.sort((left, right) => left.rank - right.rank).slice(0, sample)
  const ids = new Set(chosen.map(({ mutant }) => mutant.id))
  return mutants.filter(({ id }) => ids.has(id))
}

/** Check a mutant against `retry.ts`, `flow/retry.ts:108` or the whole path. */
export function isOnLine({ file, line }: Mutant, place: string): boolean {
  const [path = '', at] = place.split(':')
  const isFile = file === path || file.endsWith(`/${path}`)
  return isFile && (at === undefined || Number(at) === line)
}
