// Makes docs/console.png, the picture in the README: a real twin, a real crash of a region, taken while Hotshift acts. Needs Chromium
// (CHROMIUM_PATH or the system's). The picture is of one run and is not compared with another one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumPath } from '../test/twin/chromium.ts';

const root = join(import.meta.dirname, '..');
const file = join(root, 'docs', 'console.png');
const SIZE_BYTES_MAX = 200_000;
const PATIENCE_MS = 600_000;
/** Story, world and workflow; the rest of the page is below. */
const [WIDTH, HEIGHT] = [1280, 1180];

const executablePath = chromiumPath();
if (executablePath === undefined) throw new Error('no Chromium: set CHROMIUM_PATH, or install it');
const twin = spawn(process.execPath, [join(root, 'cli', 'main.ts'), 'twin', '--no-open', ...process.argv.slice(2)], { stdio: ['ignore', 'pipe', 'inherit'] });
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
try {
  let output = '';
  for await (const text of twin.stdout.setEncoding('utf8') as AsyncIterable<string>) {
    output += text;
    if (/console: \S+\n/.test(output)) break;
  }
  const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT }, colorScheme: 'light', reducedMotion: 'reduce' });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(/console: (\S+)/.exec(output)?.[1] ?? '');
  await page.getByRole('heading', { level: 1, name: 'Both regions serve' }).waitFor();
  await page.getByText(/\d+ answered, 0 failed/).first().waitFor();
  await page.locator('[data-action="fault:region-crash"]').click();
  await page.locator('[data-station="failover/Fence writer"]:not([data-state=ahead])').waitFor();
  await page.mouse.move(0, 0);
  await page.screenshot({ path: file });
} finally {
  await browser.close();
  if (twin.exitCode === null) {
    twin.kill('SIGINT');
    await once(twin, 'exit');
  }
}
const { size } = statSync(file);
if (size > SIZE_BYTES_MAX) throw new Error(`${file} has ${size} bytes; at most ${SIZE_BYTES_MAX} are wanted`);
console.log(`docs/console.png ${Math.round(size / 1024)} KB`);
