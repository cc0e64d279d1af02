import { afterAll, beforeAll, describe } from 'vitest'
import { storeLaws } from './support/store-laws.ts'
import { STORES, type StoreServer, startedServer } from './support/stores.ts'

describe.each(STORES)('stores', ({ name, isHere, runs, start }) => {
  let server: StoreServer | undefined
  beforeAll(async () => {
    if (isHere) server = await start()
  })
  afterAll(() => server?.close())
  describe.skipIf(!isHere)('stores', () => storeLaws(name, (wire) => startedServer(server).makeStore(wire), { runs }))
})
