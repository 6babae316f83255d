// `hotshift console`: the page over a table. What it shows on a good day and in an outage, that it only reads, and how it ends without a table.
import { expect, test } from '@jest/globals';
import { TryAgainError } from '../../../domain/errors.ts';
import { parsePlans } from '../../../events/config.ts';
import { EventLog } from '../../../console/event-log.ts';
import { startTableConsole } from '../../../console/run-table-console.ts';
import { readTable, showReading } from '../../../console/table-watch.ts';
import { emptyView, type View } from '../../../console/view.ts';
import { exampleText } from '../config/example.ts';
import { calm, connection, hotshift, now, outage, region, type Stored } from '../cli/memory.ts';

const plan = parsePlans(exampleText, 'hotshift.yml').applications.find(({ application }) => application === 'shop')!;

async function shown(stored: Stored): Promise<View> {
  const log = new EventLog('x', emptyView('aws', [], now));
  showReading(log, plan, await readTable(plan, connection(stored), now));
  return log.view;
}

test('a good day: everybody sees both regions, and nothing is at work', async () => {
  const view = await shown(calm());
  expect(view.session).toMatchObject({ source: 'aws', phase: 'steady', headline: 'Watching: automatic failover is possible', actions: [] });
  expect(view.watch).toMatchObject({ quorum: 2, of: 3, against: { 'eu-west-1': 0, 'eu-central-1': 0 }, epoch: 7, holder: null });
  expect(view.places.map(({ region: name, kind, state, permitEpoch }) => [name, kind, state, permitEpoch])).toEqual([['eu-west-1', 'region', 'up', 7], ['eu-central-1', 'region', 'up', null], ['eu-west-2', 'witness', 'up', null]]);
});

test('an outage: the quorum is there, the lease is held, and the journal of its holder shows where it stands', async () => {
  const view = await shown(outage());
  expect(view.session).toMatchObject({ phase: 'broken', headline: 'An execution is at work: it leaves eu-west-1' });
  // Its own vantage point says "up", by old evidence: it does not count.
  expect(view.watch?.against).toEqual({ 'eu-west-1': 2, 'eu-central-1': 0 });
  expect(view.places[0]).toMatchObject({ state: 'dark', permitEpoch: null });
  expect(view.workflow).toMatchObject({ machine: 'failover', execution: 'shop-running', endedAt: null });
  const running = Object.entries(view.workflow!.states).filter(([, { since }]) => since !== null).map(([name]) => name);
  expect(running).toEqual([view.journal.at(-1)!.step]);
  expect(new Set(view.journal.map(({ execution }) => execution))).toContain('shop-running');
});

test('what RDS does not describe is unknown, not up', async () => {
  expect((await shown({ ...calm(), replica: undefined })).places[0]?.database).toMatchObject({ state: 'unknown', role: 'unknown' });
});

test('it serves the page, tells the view, and refuses every action: nothing is written', async () => {
  const stored = outage();
  const before = JSON.stringify(stored);
  const page = await startTableConsole(plan, connection(stored), 0, () => now);
  try {
    expect(await (await fetch(page.url)).text()).toContain('Hotshift console');
    const { body } = await fetch(`${page.url}events`);
    const reader = body!.getReader();
    let text = '';
    while (!text.includes('event: snapshot')) text += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    const origin = page.url.slice(0, -1);
    expect((await fetch(`${page.url}actions/pause`, { method: 'POST', headers: { origin, 'content-type': 'application/json' }, body: '{}' })).status).toBe(401);
    expect(JSON.stringify(stored)).toBe(before);
  } finally {
    await page.close();
  }
});

test('no table: said as every command says it', async () => {
  const broken = connection(calm());
  const connect = () => Promise.resolve({ ...broken, leases: { ...broken.leases, read: () => Promise.reject(new TryAgainError('no answer')) } });
  expect(await hotshift(['console', 'shop', ...region], { connect })).toMatchObject({ code: 4, remarks: expect.stringContaining('could not be used') });
});
