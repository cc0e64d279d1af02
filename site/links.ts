import { posix } from 'node:path'
import { REPOSITORY } from './paths.ts'

/** Site routes by the path of the file in the repository: `docs/cdc.md` is `/cdc`. */
export type Routes = ReadonlyMap<string, string>

const ON_GITHUB = [
  `${REPOSITORY}/blob/main/`,
  `${REPOSITORY}/raw/main/`,
  'https://raw.githubusercontent.com/millrace/millrace/main/',
]
/** `](target)` and `](target "title")` of a link or an image, and the targets of `src` and `href`. */
const TARGET = /(\]\(|\b(?:src|href)=")([^)\s"]+)/g
const CODE = /(^```[\s\S]*?^```|`[^`\n]*`)/m

/**
 * Rewrite the links of a page of the repository: to a route where the site has the file, to GitHub where it has not. Code stays as it is.
 */
export function withSiteLinks(text: string, file: string, routes: Routes): string {
  return text
    .split(CODE)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part.replaceAll(TARGET, (_, before: string, target: string) => before + siteLink(target, file, routes)),
    )
    .join('')
}

/** The address of one link on the site. */
export function siteLink(target: string, file: string, routes: Routes): string {
  const path = repositoryPath(target, file)
  if (path === undefined) return target
  const [, name = '', query = ''] = /^([^?#]*)(.*)$/.exec(path) ?? []
  const route = routes.get(name)
  return route === undefined ? `${REPOSITORY}/blob/main/${path}` : route + query.replace('?raw=true', '')
}

/** The path in the repository that a link of a file leads to; undefined for other addresses and for anchors of its own page. */
function repositoryPath(target: string, file: string): string | undefined {
  if (target.startsWith('#')) return undefined
  const prefix = ON_GITHUB.find((each) => target.startsWith(each))
  if (prefix !== undefined) return target.slice(prefix.length)
  return /^[a-z][a-z\d+.-]*:/i.test(target) ? undefined : posix.join(posix.dirname(file), target)
}
