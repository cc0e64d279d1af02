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
  const names: string[] = []
  const participants: string[] = []
  const place = (name: string | undefined, line: string): number => {
    const index = names.indexOf(name ?? '')
    if (index === -1) throw new Error(`"${line}" names no participant that is declared`)
    return index
  }
  const steps: Step[] = []
  for (const line of lines) {
    const [, name = '', label = ''] = PARTICIPANT.exec(line) ?? []
    const message = MESSAGE.exec(line)
    const note = NOTE.exec(line)
    const branch = BRANCH.exec(line)
    if (name !== '') {
      names.push(name)
      participants.push(label)
    } else if (message !== null) {
      const [, from, dash, head, to, said = ''] = message
      const isLost = head === 'x'
      steps.push({
        kind: 'message',
        from: place(from, line),
        to: place(to, line),
        text: said,
        isAnswer: dash === '--',
        isLost,
      })
    } else if (note !== null) {
      steps.push({ kind: 'note', over: place(note[1], line), text: note[2] ?? '' })
    } else if (branch !== null) {
      steps.push({ kind: 'branch', text: branch[1] ?? '' })
    } else if (line !== 'end') {
      throw new Error(`"${line}" is a line that cannot be drawn`)
    }
  }
  return { participants, steps }
}
