import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../', import.meta.url))

/** Everything that the build of the site writes; ignored by git. */
const OUT = join(ROOT, 'site/.out')

/** Markdown and pictures, as VitePress reads them. */
export const CONTENT = join(OUT, 'content')

/** The site as it is served. */
export const PUBLISHED = join(OUT, 'www')

export const CACHE = join(OUT, 'cache')

/** TypeDoc's own pages, before they become pages of the site. */
export const RAW_REFERENCE = join(OUT, 'typedoc')

/** Routes of the reference by exported name, for links from prose. */
export const ROUTES_FILE = join(OUT, 'routes.json')

/** A file of the repository on GitHub is this address and its path. */
export const REPOSITORY = 'https://github.com/millrace/millrace'
