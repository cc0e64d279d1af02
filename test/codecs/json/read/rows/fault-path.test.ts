import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pathTo } from '../../../../../src/codecs/json/read/rows/fault-path.ts'
import { law } from '../../../../support/law.ts'

type Path = (string | number)[]

/** The JSON text of a value, and the path to each key and value at its offset. */
function written(value: unknown, space: string): { text: string; paths: Map<number, Path> } {
  const paths = new Map<number, Path>()
  let text = ''
  const byteAt = (): number => Buffer.byteLength(text)
  const write = (one: unknown, path: Path): void => {
    paths.set(byteAt(), path)
    if (Array.isArray(one)) {
      text += `[${space}`
      for (const [index, item] of one.entries()) {
        if (index > 0) text += `,${space}`
        write(item, [...path, index])
      }
      text += `${space}]`
    } else if (typeof one === 'object' && one !== null) {
      text += `{${space}`
      for (const [index, [key, member]] of Object.entries(one).entries()) {
        if (index > 0) text += `${space},`
        paths.set(byteAt(), [...path, key])
        text += `${JSON.stringify(key)}${space}:${space}`
        write(member, [...path, key])
      }
      text += `${space}}`
    } else text += JSON.stringify(one)
  }
  write(value, [])
  return { text, paths }
}

law(
  'json: the path to a key or a value is the keys and indexes around it',
  fc.property(
    fc.jsonValue(),
    fc.constantFrom('', ' ', '\r\n\t'),
    fc.constantFrom('', '}],"'),
    (value, space, before) => {
      const { text, paths } = written(value, space)
      const bytes = new Uint8Array(Buffer.from(`${before}${text}\0\0`))
      for (const [at, path] of paths) expect(pathTo(bytes, before.length, before.length + at)).toEqual(path)
    },
  ),
)

test.each<[string, Path]>([
  ['{"a":1|}', ['a']],
  ['{"a":1,|}', []],
  ['{"a":1, |"b":2}', ['b']],
  ['{"a":1, "b|":2}', []],
  ['{"a":1, "b"|:2}', ['b']],
  ['{"a":"x|y"}', ['a']],
  ['{"a":"x"|}', ['a']],
  ['[1,2,|]', [2]],
  ['[1,2|]', [1]],
  ['[|]', [0]],
  ['{|}', []],
  ['|{}', []],
  ['[[],{}|]', [1]],
  ['[[],{},|[]]', [2]],
  ['{"a":[{"b":"]}"},{"c":|1}]}', ['a', 1, 'c']],
  ['{"a":[{"b":"\\"]"},{"c":|1}]}', ['a', 1, 'c']],
  ['{"a":[{"b":"\\\\"},{"c":|1}]}', ['a', 1, 'c']],
  ['{"\\u0061\\n":|1}', ['a\n']],
  ['{"a":{"b":"x', ['a', 'b']],
  ['{"a":{"b', ['a']],
  ['"a","b"|', []],
  ['"a"|:1', []],
])('%s', (marked, path) => {
  const at = marked.includes('|') ? marked.indexOf('|') : marked.length
  const bytes = new Uint8Array(Buffer.from(`${marked.replace('|', '')}\0\0`))
  expect(pathTo(bytes, 0, at)).toEqual(path)
})
