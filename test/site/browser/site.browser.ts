import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sitePages } from '../../../site/pages.ts'
import { serveSite } from '../../../site/serve.ts'
import { builtPages, DESKTOP, eachInBrowser, findChromium, HOW_TO_INSTALL, launch, PHONE, watch } from './support.ts'

const executable = findChromium()
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
/** One page of the reference of each shape, beside all pages of prose. */
const READ_BY_AXE = [
  ...sitePages().flatMap(({ title, route }) => (title === '' ? [] : [route])),
  '/reference/',
  '/reference/transform/',
  '/reference/transform/dropDuplicates',
  '/reference/transform/types/DropDuplicatesOptions',
  '/reference/millrace/MillraceError',
  '/reference/events/S3EventSchema',
]

if (executable === undefined) console.warn(HOW_TO_INSTALL)

describe.skipIf(executable === undefined)('the site in Chromium', () => {
  let browser: Browser
  let address: string
  let server: Server

  beforeAll(async () => {
    ;({ address, server } = await serveSite(0))
    browser = await launch(executable ?? '')
  })
  afterAll(async () => {
    await browser.close()
    server.close()
  })

  test('every page loads on a phone: no error, no request to another host, nothing wider than the screen', async () => {
    const found: string[] = []
    await eachInBrowser(browser, { viewport: PHONE }, builtPages(), async (page, path) => {
      const faults = watch(page, address)
      await page.goto(address + path, { waitUntil: 'load' })
      const width = await page.evaluate<number>('document.documentElement.scrollWidth')
      const heading = await page.locator('main h1').first().textContent()
      if (width > PHONE.width) found.push(`${path}: ${width} px wide`)
      if ((heading ?? '').trim() === '') found.push(`${path}: no heading`)
      found.push(...faults.map((fault) => `${path}: ${fault}`))
    })
    expect(found).toEqual([])
  })

  test.each([
    ['light', 'axe.run()'],
    ['dark', "axe.run({ runOnly: ['color-contrast'] })"],
  ] as const)('axe finds nothing to mend, %s', async (colorScheme, run) => {
    const found: string[] = []
    await eachInBrowser(browser, { viewport: DESKTOP, colorScheme }, READ_BY_AXE, async (page, path) => {
      await page.goto(address + path, { waitUntil: 'load' })
      found.push(...(await violations(page, run)).map((violation) => `${path}: ${violation}`))
    })
    expect(found).toEqual([])
  })

  test('search finds dropDuplicates, without a request to another host', async () => {
    const page = await browser.newPage({ viewport: DESKTOP })
    const faults = watch(page, address)
    await page.goto(`${address}/`, { waitUntil: 'networkidle' })
    await page.keyboard.press('Control+k')
    await page.locator('#localsearch-input').fill('dropDuplicates')
    await page.locator('.VPLocalSearchBox .result[href*="/reference/transform/dropDuplicates#"]').first().click()
    await page.waitForURL('**/reference/transform/dropDuplicates**')
    expect(faults).toEqual([])
    await page.close()
  })

  test('a code block is copied by its button', async () => {
    const context = await browser.newContext({ viewport: DESKTOP, permissions: ['clipboard-read', 'clipboard-write'] })
    const page = await context.newPage()
    await page.goto(`${address}/reference/transform/dropDuplicates`)
    await page.locator('.vp-doc div[class*="language-"]').first().hover()
    await page.locator('button.copy').first().click()
    const copied = await page.evaluate<string>('navigator.clipboard.readText()')
    expect(copied.trim()).toBe("import { dropDuplicates } from 'millrace/transform'")
    await context.close()
  })

  test('the chart follows the switch of the scheme, whatever the system prefers', async () => {
    const page = await browser.newPage({ viewport: DESKTOP, colorScheme: 'light' })
    await page.goto(`${address}/benchmarks`)
    const chart = page.locator('.vp-doc img').first()
    const light = await chart.screenshot()
    await page.locator('.VPNavBar button.VPSwitchAppearance').first().click()
    await page.waitForFunction("document.documentElement.classList.contains('dark')")
    await page.waitForTimeout(500)
    const dark = await chart.screenshot()
    expect(await darkness(page, light)).toBeLessThan(0.5)
    expect(await darkness(page, dark)).toBeGreaterThan(0.5)
    await page.close()
  })

  test('a page is read without scripts', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(`${address}/s3-job`)
    expect(await page.locator('main pre').count()).toBeGreaterThan(3)
    await context.close()
  })
})

/** Rules that a page breaks, each with the elements that break it. */
async function violations(page: Page, run: string): Promise<readonly string[]> {
  await page.addScriptTag({ path: AXE })
  const results = await page.evaluate<AxeResults>(run)
  return results.violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 120)).slice(0, 3)}`,
  )
}

/** Darkness of a picture's background, from 0 to 1, by its pixel in the middle of the right edge. */
async function darkness(page: Page, picture: Buffer): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const image = new Image()
    image.onload = () => {
      const canvas = document.createElement('canvas')
      canvas.width = image.width
      canvas.height = image.height
      const context = canvas.getContext('2d')
      context.drawImage(image, 0, 0)
      const [red, green, blue] = context.getImageData(image.width - 2, image.height / 2, 1, 1).data
      resolve(1 - (red + green + blue) / 765)
    }
    image.src = 'data:image/png;base64,${picture.toString('base64')}'
  })`)
}
