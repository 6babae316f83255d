// The console as a person uses it, in real Chromium: one run from the fault to the report, by keyboard, without a layout jump, and with no
// finding of axe in light and dark, on a desk and on a phone. Pictures go to reports/, which git does not keep.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { chromiumPath } from './chromium.ts';
import { environment, root, runDirectory, UNHURRIED } from './command-line.ts';

const RUN_MS_MAX = 400_000;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const path = chromiumPath();
let [directory, browser, twin, output]: [string, Browser | undefined, ChildProcess | undefined, string] = ['', undefined, undefined, ''];

beforeAll(() => { directory = runDirectory(); });
afterAll(async () => {
  await browser?.close();
  if (twin !== undefined && twin.exitCode === null) {
    twin.kill('SIGINT');
    await once(twin, 'exit');
  }
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

if (path === undefined) {
  // In CI there is no excuse: a skipped test is no test.
  if (process.env['CI'] === 'true') test('Chromium is here', () => { throw new Error('no Chromium: set CHROMIUM_PATH, or install it with apt-get install -y chromium'); });
  else test.skip('NOT RUN, no Chromium here (CHROMIUM_PATH, or apt-get install -y chromium): from the fault to the report', () => undefined);
} else {
  test('from the fault to the report', () => fromFaultToReport(path), RUN_MS_MAX);
}

async function fromFaultToReport(executablePath: string): Promise<void> {
  const link = await startTwin();
  browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce' });
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message)).on('console', (message) => { if (message.type() === 'error') wrong.push(message.text()); });
  const foreign: string[] = [];
  page.on('request', (request) => { if (!request.url().startsWith(new URL('/', link).href)) foreign.push(request.url()); });
  await page.goto(link);
  expect(await page.evaluate('location.hash')).toBe('');
  const headline = (text: string, withinMs = RUN_MS_MAX): Promise<void> => page.getByRole('heading', { level: 1, name: text }).waitFor({ timeout: withinMs });
  await headline('Both regions serve');
  await page.getByText(/\d+ answered, 0 failed/).first().waitFor({ timeout: 60_000 });
  await watchShifts(page);
  const crash = page.locator('[data-action="fault:region-crash"]');
  await crash.focus();
  expect(await page.locator('#hint').textContent()).toMatch(/SIGKILL/);
  await page.keyboard.press('Enter');
  await page.locator('[data-action="fault:region-hang"][aria-disabled=true]').waitFor();
  // The workflow lights up, and what it does is told to those who cannot see it.
  await page.locator('.station[data-state=running][aria-current=step]').first().waitFor({ timeout: RUN_MS_MAX });
  await headline('Failed over');
  expect(await page.locator('#spoken').textContent()).toMatch(/^Failed over/);
  expect(await page.locator('[data-station="failover/Promote replica"]').getAttribute('data-state')).toBe('done');
  expect(await page.locator('#journal').textContent()).toMatch(/Fence writer[\s\S]*Promote replica/);
  expect(await page.locator('#slack').textContent()).toMatch(/us-east-1/);
  expect(await page.locator('#place-0').getAttribute('data-state')).toBe('dark');
  // Nothing that was there has moved by itself: below 0.1 nobody is disturbed (web.dev's threshold for "good", in its windows).
  const worst = await worstShift(page);
  expect(worst.score < 0.1 ? 'still' : worst).toBe('still');
  await page.locator('[data-action=report]').focus();
  await page.keyboard.press('Enter');
  await headline('Failed over. Here is the report');
  expect(await page.locator('.verdict').textContent()).toBe('✓ It ended as it must, and every promise held.');
  for (const id of ['stood-writes', 'stood-reads', 'floor']) expect(await page.locator(`#${id}`).textContent()).toMatch(/^\d+\.\d s$/);
  expect(Number(await page.locator('#lost').textContent())).toBeGreaterThanOrEqual(0);
  expect(Number(/of (\d+) acknowledged/.exec(await page.locator('#lost-note').textContent() ?? '')?.[1])).toBeGreaterThan(0);
  expect(await findings(page)).toEqual([]);
  expect({ wrong, foreign }).toEqual({ wrong: [], foreign: [] });
}

/** The command as a person starts it; answers the link that it prints. */
async function startTwin(): Promise<string> {
  twin = spawn(process.execPath, [join(root, 'cli', 'main.ts'), 'twin', '--no-open', '--directory', directory, ...UNHURRIED], { cwd: directory, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [twin.stdout, twin.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => { output += text; });
  for (;;) {
    const found = /console: (\S+)\n/.exec(output)?.[1];
    if (found !== undefined) return found;
    if (twin.exitCode !== null) throw new Error(`hotshift twin ended with ${twin.exitCode}: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What moves though nobody has touched anything, as the browser measures it. */
const watchShifts = (page: Page): Promise<unknown> => page.evaluate(`
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, startTime, value, sources } of list.getEntries()) if (!hadRecentInput) window.shifts.push({ startTime, value, what: sources.map(({ node }) => node?.id || node?.className || node?.nodeName) });
  }).observe({ type: 'layout-shift', buffered: false });
`);

interface Shift { readonly startTime: number; readonly value: number; readonly what: readonly string[] }

/** The worst window as the Cumulative Layout Shift counts: shifts less than 1 s apart, over 5 s at most. */
async function worstShift(page: Page): Promise<{ readonly score: number; readonly shifts: readonly Shift[] }> {
  let [worst, current]: [Shift[], Shift[]] = [[], []];
  const score = (shifts: readonly Shift[]): number => shifts.reduce((sum, { value }) => sum + value, 0);
  for (const shift of await page.evaluate('window.shifts') as readonly Shift[]) {
    const isNew = shift.startTime - (current.at(-1)?.startTime ?? -Infinity) > 1000 || shift.startTime - (current[0]?.startTime ?? 0) > 5000;
    current = isNew ? [shift] : [...current, shift];
    if (score(current) > score(worst)) worst = current;
  }
  return { score: score(worst), shifts: worst };
}

/** Whatever axe finds, in each look of the page. */
async function findings(page: Page): Promise<readonly string[]> {
  mkdirSync(join(root, 'reports'), { recursive: true });
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, width] of [['desk', 1280], ['phone', 390]] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      // A page that is wider than its screen has to be pushed about.
      const over = Number(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'));
      if (over > 0) found.push(`${colorScheme} ${name}: ${over} px too wide`);
      // Past the page's policy, which forbids foreign scripts; the page itself keeps to it.
      const violations = await page.evaluate(`${axe}; axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' | ')))`) as string[];
      found.push(...violations.map((violation) => `${colorScheme} ${name}: ${violation}`));
      await page.screenshot({ path: join(root, 'reports', `console-${name}-${colorScheme}.png`), fullPage: true });
    }
  }
  return found;
}
