export type Path = readonly (string | number)[]

/** A position in an event, as a chain, so that a record costs one small object, and a path is created only for an error. */
export interface Place {
  readonly parent: Place | undefined
  /** One step, or several constant ones, which are shared. */
  readonly steps: string | number | Path
}

export const ROOT: Place = { parent: undefined, steps: [] }

export function placeAt(parent: Place | undefined, steps: string | number | Path): Place {
  return { parent, steps }
}

export function pathOf(place: Place | undefined, ...steps: Path): Path {
  if (place === undefined) return steps
  const own = typeof place.steps === 'object' ? place.steps : [place.steps]
  return pathOf(place.parent, ...own, ...steps)
}
