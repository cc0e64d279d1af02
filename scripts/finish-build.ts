// After tsup: the types of the CommonJS files, and the licences of the packages that those files carry.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { ES_ONLY } from './es-only.ts'

// The types of both are the same but for the files' names, so that the compiler runs once.
for (const name of readdirSync('dist').filter((file) => file.endsWith('.d.ts'))) {
  const text = readFileSync(`dist/${name}`, 'utf8')
  writeFileSync(`dist/${name.replace(/ts$/, 'cts')}`, text.replaceAll(/(['"]\.\/[^'"]+)\.js(['"])/g, '$1.cjs$2'))
}

const notices = ES_ONLY.map((name) => {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as {
    readonly version: string
  }
  return `${name} ${version}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8').trim()}\n`
})
const head = 'The CommonJS files of this folder hold code of these packages:\n\n'
writeFileSync('dist/THIRD-PARTY-NOTICES.txt', head + notices.join('\n---\n\n'))
