import { posix } from 'node:path'

const KINDS = /^(?:interfaces|type-aliases)$/
const OTHERS = /^(?:functions|classes|variables|enumerations)$/
const LINK = /\]\((?![a-z]+:|#)([^)\s#]+\.md)(#[^)\s]*)?\)/g

/** The folder of a subpath's pages: `millrace/cdc/table` is `/reference/cdc/table/`, the package itself `/reference/millrace/`. */
export function folderOf(specifier: string): string {
  return `/reference/${specifier.replace(/^millrace\//, '')}/`
}

/**
 * The route of a page of TypeDoc: `millrace/cdc/functions/diff.md` is `/reference/cdc/diff`. Types have a folder of their own, since `Fill` and
 * `fill` are one file on some systems.
 */
export function referenceRoute(path: string): string {
  const parts = path.split('/')
  const name = (parts.pop() ?? '').replace(/\.md$/, '')
  if (parts.length === 0) return '/reference/'
  const kind = parts.at(-1) ?? ''
  if (name === 'README') return folderOf(path.slice(0, -'/README.md'.length))
  if (!KINDS.test(kind) && !OTHERS.test(kind)) throw new Error(`no route for ${path}: its kind is unknown`)
  return `${folderOf(parts.slice(0, -1).join('/'))}${KINDS.test(kind) ? 'types/' : ''}${name}`
}

/** Links between TypeDoc's pages as links between routes. */
export function withRoutes(text: string, path: string): string {
  return text.replaceAll(LINK, (_, target: string, anchor = '') => {
    return `](${referenceRoute(posix.join(posix.dirname(path), target))}${anchor})`
  })
}
