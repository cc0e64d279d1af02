import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { PUBLISHED } from '../../../site/paths.ts'

const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']

/** The Chromium of this machine: that of the variable `CHROMIUM`, one of Playwright's own, or one in `PATH`; undefined where there is none. */
export function findChromium(): string | undefined {
  const own = process.env['CHROMIUM']
  if (own !== undefined) return own
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const found = [chromium.executablePath(), ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))]
  return found.find((path) => path !== '' && existsSync(path))
}

export const HOW_TO_INSTALL =
  'skipped: no Chromium; install one with `apt-get install chromium-headless-shell` or `npx playwright-core install chromium`, or set CHROMIUM to its path'

export const PHONE = { width: 390, height: 844 }
export const DESKTOP = { width: 1280, height: 900 }

/** A browser without a sandbox of its own, so that it starts in a container and as root. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** Paths of all pages of the built site, as its links have them. */
export function builtPages(): readonly string[] {
  return readdirSync(PUBLISHED, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html') && name !== '404.html')
    .map((name) => `/${name.replaceAll('\\', '/').replace(/(?:(^|\/)index)?\.html$/, '$1')}`)
    .sort()
}

/** Faults that a page has on its own: errors in the console, failed loads, requests to other hosts. */
export function watch(page: Page, address: string): readonly string[] {
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') faults.push(`failed: ${request.url()}`)
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(`${address}/`) && !request.url().startsWith('data:'))
      faults.push(`leaves: ${request.url()}`)
  })
  return faults
}

/** Run work for each item, some at a time, each with a page of its own. */
export async function eachInBrowser<T>(
  browser: Browser,
  options: BrowserContextOptions,
  items: readonly T[],
  work: (page: Page, item: T) => Promise<void>,
): Promise<void> {
  const left = items.values()
  const workers = Array.from({ length: 4 }, async () => {
    const context = await browser.newContext(options)
    for (const item of left) {
      const page = await context.newPage()
      await work(page, item)
      await page.close()
    }
    await context.close()
  })
  await Promise.all(workers)
}
