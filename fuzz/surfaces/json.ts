import { jsonTextSurface, OBJECTS } from './support/json-text.ts'

const TEXTS = [
  ...OBJECTS.map((text) => `[${text},${text}]`),
  `[${OBJECTS.join(',\n')}]`,
  `{"rows":[${OBJECTS[0]}],"more":{"x":[1,{}]}}`,
  `{"a":{"b":[${OBJECTS[0]},${OBJECTS[1]}]}}`,
  `${OBJECTS[0]}${OBJECTS[1]}`,
  '[]',
  '\ufeff[{"a":1}]',
  '[{"a":1},{"a":"x"},{"b":2},5,{"a":]}]',
]

export const surface = jsonTextSurface('json', TEXTS)
