/**
 * Distinct names of columns: an empty one becomes `column_N`, N being its position, a repeated one gets the first of
 * `_2`, `_3`, ... that makes a name not used by any column before or after renaming. The first of equal names keeps it.
 * O(names).
 */
export function distinctColumnNames(names: readonly string[]): string[] {
  const given = names.map((name, index) => name || `column_${index + 1}`)
  const used = new Set(given)
  const seen = new Set<string>()
  const nextNumber = new Map<string, number>()
  return given.map((name) => {
    if (!seen.has(name)) {
      seen.add(name)
      return name
    }
    let number = nextNumber.get(name) ?? 2
    while (used.has(`${name}_${number}`)) number++
    nextNumber.set(name, number + 1)
    used.add(`${name}_${number}`)
    return `${name}_${number}`
  })
}
