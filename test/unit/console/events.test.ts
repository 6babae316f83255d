// Catching up: who was away gets what was missed, once and in order; who was away for too long, or comes from another run, gets everything.
import { get } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { EventLog } from '../../../console/event-log.ts';
import { HOST, startConsole, type ConsoleServer } from '../../../console/server.ts';
import { applied, emptyView, KEPT, type Change, type JournalLine, type View } from '../../../console/view.ts';

const line = (summary: string): JournalLine => ({ at: 1, step: 'Verify outage', kind: 'result', summary, execution: 'one', gates: [] });
const journal = (summary: string): Change => ({ kind: 'append', slice: 'journal', value: [line(summary)] });
const newLog = (boot = 'boot', keep = 5): EventLog => new EventLog(boot, emptyView('twin', [], 0), keep);

describe('the log', () => {
  test('tells what was missed and nothing else', () => {
    const log = newLog();
    for (const text of ['a', 'b', 'c']) log.add(journal(text));
    const missed = log.since('boot.1');
    expect(missed.kind === 'changes' && missed.changes.map(({ id }) => id)).toEqual(['boot.2', 'boot.3']);
    expect(log.since('boot.3')).toEqual({ kind: 'changes', changes: [] });
  });
  test.each([undefined, '', 'boot', 'boot.', 'boot.x', 'boot.-1', 'boot.4', 'other.2', 'boot.1e0'])('gives the whole view to %j', (id) => {
    const log = newLog();
    for (const text of ['a', 'b', 'c']) log.add(journal(text));
    expect(log.since(id)).toMatchObject({ kind: 'snapshot', id: 'boot.3', view: { journal: [{ summary: 'a' }, { summary: 'b' }, { summary: 'c' }] } });
  });
  test('gives the whole view to who was away for longer than it keeps', () => {
    const log = newLog();
    for (let count = 0; count < 9; count += 1) log.add(journal(String(count)));
    expect(log.since('boot.3').kind).toBe('snapshot');
    const edge = log.since('boot.4');
    expect(edge.kind === 'changes' && edge.changes).toHaveLength(5);
  });
  test('says nothing of a slice that stays the same', () => {
    const log = newLog();
    log.set('slack', []);
    expect(log.since('boot.0')).toEqual({ kind: 'changes', changes: [] });
  });
  test('what grows is bounded, and page and server come to the same view', () => {
    const log = new EventLog('boot', emptyView('twin', [], 0), 10_000);
    let copy: View = log.view;
    log.subscribe(({ change }) => { copy = applied(copy, change); });
    for (let count = 0; count < KEPT.journal + 20; count += 1) log.add(journal(String(count)));
    expect(log.view.journal).toHaveLength(KEPT.journal);
    expect(copy).toEqual(log.view);
  });
});

describe('over HTTP', () => {
  let server: ConsoleServer | undefined;
  afterEach(async () => { await server?.close(); server = undefined; });

  interface Event { readonly event: string; readonly id: string; readonly data: any }
  /** Reads until `count` events have come, then hangs up as a lost connection does. */
  function read(path: string, count: number, lastId?: string): Promise<readonly Event[]> {
    return new Promise((resolve, reject) => {
      const sent = get({ host: HOST, port: server?.port, path, headers: lastId === undefined ? {} : { 'last-event-id': lastId } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          const events = text.split('\n\n').slice(0, -1).filter((part) => part.includes('data: ')).map((part) => Object.fromEntries(part.split('\n').map((row) => [row.slice(0, row.indexOf(': ')), row.slice(row.indexOf(': ') + 2)])));
          if (events.length < count) return;
          sent.destroy();
          resolve(events.map(({ event = '', id = '', data = '' }) => ({ event, id, data: JSON.parse(data) })));
        });
        response.on('error', () => undefined);
      });
      sent.on('error', reject);
    });
  }

  test('a snapshot first, then changes; after a break only what was missed, by the browser\'s header or the page\'s own word', async () => {
    const log = newLog('run1');
    server = await startConsole({ log, token: 'x', assets: new Map(), report: () => undefined });
    log.add(journal('a'));
    const [snapshot] = await read('/events', 1);
    expect(snapshot).toMatchObject({ event: 'snapshot', id: 'run1.1', data: { journal: [{ summary: 'a' }] } });
    log.add(journal('b'));
    log.add(journal('c'));
    const missed = await read('/events', 2, snapshot?.id);
    expect(missed.map(({ event, id, data }) => [event, id, data.value[0].summary])).toEqual([['change', 'run1.2', 'b'], ['change', 'run1.3', 'c']]);
    expect((await read(`/events?after=${snapshot?.id}`, 2)).map(({ id }) => id)).toEqual(['run1.2', 'run1.3']);
    // The browser's own header is the newer one.
    expect((await read(`/events?after=${snapshot?.id}`, 1, 'run1.2')).map(({ id }) => id)).toEqual(['run1.3']);
  });
  test('changes come as they happen', async () => {
    const log = newLog('run1');
    server = await startConsole({ log, token: 'x', assets: new Map(), report: () => undefined });
    const reading = read('/events', 2);
    const timer = setInterval(() => log.add(journal('live')), 20);
    try {
      expect((await reading).map(({ event }) => event)).toEqual(['snapshot', 'change']);
    } finally {
      clearInterval(timer);
    }
  });
  test('another run of the server starts anew', async () => {
    const log = newLog('run2');
    server = await startConsole({ log, token: 'x', assets: new Map(), report: () => undefined });
    log.add(journal('a'));
    expect((await read('/events', 1, 'run1.1'))[0]).toMatchObject({ event: 'snapshot', id: 'run2.1' });
  });
});
