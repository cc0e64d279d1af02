import { createReadStream, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { PUBLISHED } from './paths.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

/** Serve the built site on this machine alone, and resolve with its address. Port 0 is any free one. */
export function serveSite(port: number): Promise<{ readonly address: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = fileOf(decodeURIComponent(pathname))
    const found = file ?? join(PUBLISHED, '404.html')
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': TYPES[extname(found)] ?? 'application/octet-stream',
    })
    createReadStream(found).pipe(response)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const bound = server.address()
      resolve({ address: `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : port}`, server })
    })
  })
}

/** `/cdc` is `cdc.html`, `/reference/` its `index.html`. */
function fileOf(pathname: string): string | undefined {
  const path = join(PUBLISHED, normalize(pathname))
  const names = path.endsWith('/') ? [`${path}index.html`] : [path, `${path}.html`]
  return names.find((name) => name.startsWith(PUBLISHED) && statSync(name, { throwIfNoEntry: false })?.isFile())
}
