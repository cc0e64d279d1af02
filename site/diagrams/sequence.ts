/**
 * A step of a sequence diagram, from top to bottom.
 *
 * Of a message, `lost` is one that never arrives; a note without a `from` is a line across, as of a branch.
 */
export type Step =
  | {
      readonly kind: 'message'
      readonly from: number
      readonly to: number
      readonly text: string
      readonly isAnswer: boolean
      readonly isLost: boolean
    }
  | { readonly kind: 'note'; readonly over: number; readonly text: string }
  | { readonly kind: 'branch'; readonly text: string }

export interface Sequence {
  readonly participants: readonly string[]
  readonly steps: readonly Step[]
}

const PARTICIPANT = /^participant (\w+) as (.+)$/
const MESSAGE = /^(\w+)(--?)(>>|x)(\w+): (.+)$/
const NOTE = /^Note over (\w+): (.+)$/
const BRANCH = /^(?:alt|else) (.+)$/

/** Read a `sequenceDiagram` of Mermaid, in the part of its language that the guides use; another line is an error. */
export function parseSequence(text: string): Sequence {
  const [head = '', ...lines] = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (head !== 'sequenceDiagram')
    throw new Error(`a diagram of the kind "${head}" cannot be drawn: write a sequenceDiagram, or a picture`)
  const declared = lines.flatMap((line) => {
    const [, name = '', label = ''] = PARTICIPANT.exec(line) ?? []
    return name === '' ? [] : [{ name, label }]
  })
  const places = new Map(declared.map(({ name }, index) => [name, index]))
  const participants = declared.map(({ label }) => label)
  const others = lines.filter((line) => !PARTICIPANT.test(line) && line !== 'end')
  return { participants, steps: others.map((line) => stepOf(line, places)) }
}

function stepOf(line: string, places: ReadonlyMap<string, number>): Step {
  const place = (name = ''): number => {
    const index = places.get(name)
    if (index === undefined) throw new Error(`"${line}" names no participant that is declared`)
    return index
  }
  const message = MESSAGE.exec(line)
  const note = NOTE.exec(line)
  const branch = BRANCH.exec(line)
  if (message !== null) {
    const [, from, dash, head, to, text = ''] = message
    const [isAnswer, isLost] = [dash === '--', head === 'x']
    return { kind: 'message', from: place(from), to: place(to), text, isAnswer, isLost }
  }
  if (note !== null) return { kind: 'note', over: place(note[1]), text: note[2] ?? '' }
  if (branch !== null) return { kind: 'branch', text: branch[1] ?? '' }
  throw new Error(`"${line}" is a line that cannot be drawn`)
}
