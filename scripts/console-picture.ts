// Makes docs/console.png, the picture in the README: the console itself, served from here with an example in it, seen by Chromium
// (CHROMIUM_PATH or the system's). Refuses to write more than 200 KB.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { makeAssets } from '../console/assets.ts';
import { EventLog } from '../console/event-log.ts';
import { startConsole } from '../console/server.ts';
import { chromiumPath } from '../test/twin/chromium.ts';
import { example } from './console-example.ts';

const file = join(import.meta.dirname, '..', 'docs', 'console.png');
const SIZE_BYTES_MAX = 200_000;
/** The upper part of the page: story, regions, observers, and the buttons. */
const VIEWPORT = { width: 1280, height: 960 };
const PATIENCE_MS = 120_000;
const TOKEN = 'nobody-presses-a-button-here';

const executablePath = chromiumPath();
if (executablePath === undefined) throw new Error('no Chromium: set CHROMIUM_PATH, or install it');
const log = new EventLog('picture', example(Date.now()));
const server = await startConsole({ log, token: TOKEN, assets: await makeAssets(), report: () => undefined });
try {
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  try {
    const page = await browser.newPage({ viewport: VIEWPORT, colorScheme: 'light', reducedMotion: 'reduce' });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${server.url}#${TOKEN}`);
    await page.locator('.station[data-state=running]').first().waitFor();
    // Times go on in the page: what is shown is the example's own moment.
    const now = Date.now();
    log.set('workflow', example(now).workflow);
    for (const slice of ['watch', 'session', 'journal', 'slack', 'traffic'] as const) log.set(slice, example(now)[slice]);
    await page.waitForTimeout(300);
    const picture = await page.screenshot();
    if (picture.byteLength > SIZE_BYTES_MAX) throw new Error(`the picture has ${picture.byteLength} bytes; at most ${SIZE_BYTES_MAX} are wanted`);
    writeFileSync(file, picture);
    console.log(`docs/console.png ${Math.round(picture.byteLength / 1024)} KB`);
  } finally {
    await browser.close();
  }
} finally {
  await server.close();
}
