import { afterAll, beforeAll, describe } from 'vitest'
import { storeFences } from './support/store-fences.ts'
import { STORES, type StoreServer, startedServer } from './support/stores.ts'

describe.each(STORES)('$name', ({ isHere, start }) => {
  let server: StoreServer | undefined
  beforeAll(async () => {
    if (isHere) server = await start()
  })
  afterAll(() => server?.close())
  describe.skipIf(!isHere)('fences', () => storeFences(() => startedServer(server)))
})
