// What users kept over a fault: counted from what they were answered, with sessions that a server refuses as well.
import { once } from 'node:events';
import { Agent, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { aftermath, type SessionSeen } from '../../../twin/load/aftermath.ts';
import type { Sample } from '../../../twin/load/sample.ts';
import { Sessions } from '../../../twin/load/session.ts';

const marks = { brokenAt: 100, settledAt: 200 };
const read = (sentAt: number, more: Partial<Sample> = {}): Sample => ({ kind: 'read', dueAt: sentAt, sentAt, endedAt: sentAt + 5, ok: true, status: '200', ...more });

describe('sessions', () => {
  const counted = (...sessions: SessionSeen[]) => aftermath([], sessions, marks).sessions;
  test('kept: opened before, accepted after the outcome', () => expect(counted({ openedAt: 1, acceptedAt: 250 })).toEqual({ before: 1, shown: 1, kept: 1, reauthentications: 0 }));
  test('not shown again: nobody knows', () => expect(counted({ openedAt: 1, acceptedAt: 150 }, { openedAt: 1 })).toEqual({ before: 2, shown: 0, kept: 0, reauthentications: 0 }));
  test('refused after it broke: lost, and logged in again', () => expect(counted({ openedAt: 1, acceptedAt: 90, refusedAt: 220 }, { openedAt: 230, acceptedAt: 260 })).toEqual({ before: 1, shown: 1, kept: 0, reauthentications: 1 }));
  test('what was refused before, or opened later, says nothing', () => expect(counted({ openedAt: 1, refusedAt: 50 }, { openedAt: 120, acceptedAt: 250 })).toEqual({ before: 0, shown: 0, kept: 0, reauthentications: 0 }));
});

test('cache and latency: before it broke, after the outcome, and nothing of what lies between', () => {
  const samples = [read(10, { cache: 'hit' }), read(20, { cache: 'miss', endedAt: 60 }), read(30), read(150, { cache: 'forgotten', endedAt: 190 }), read(210, { cache: 'hit', endedAt: 220 }), read(230, { cache: 'hit', ok: false, endedAt: 1230 })];
  expect(aftermath(samples, [], marks)).toMatchObject({
    cache: { hitRateBefore: 0.5, hitRateAfter: 1, forgottenByEpoch: 1 }, latency: { before: { p50Ms: 5, p99Ms: 40 }, after: { p50Ms: 10, p99Ms: 10 } },
  });
  expect(aftermath([], [], marks)).toMatchObject({ cache: { hitRateBefore: null, hitRateAfter: null }, latency: { before: null, after: null } });
});

describe('a user', () => {
  let server: Server;
  let logIns: number;
  let taken: boolean;
  const agent = new Agent();
  beforeEach(async () => {
    [logIns, taken] = [0, true];
    server = createServer((_request, response) => {
      logIns += 1;
      response.writeHead(taken ? 201 : 503, taken ? { 'set-cookie': `session=token-${logIns}; Path=/; HttpOnly` } : {}).end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    agent.destroy();
    server.close();
    await once(server, 'close');
  });
  const logIn = async (sessions: Sessions): Promise<void> => {
    const wanted = logIns + 1;
    // As with each request: one that is being opened, or stands, is not opened again.
    do {
      sessions.ensure({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, name: 'app', agent, user: 'ada', limitMs: 20_000 });
      await new Promise((resolve) => setTimeout(resolve, 5));
    } while (logIns < wanted || (taken && sessions.cookie === undefined));
  };

  test('logs in once, and again only after a refusal; a late answer about the session of before changes nothing', async () => {
    let now = 0;
    const sessions = new Sessions(() => (now += 1));
    await logIn(sessions);
    expect(sessions.cookie).toBe('session=token-1');
    sessions.ensure({ host: '127.0.0.1', port: 1, name: 'app', agent, user: 'ada', limitMs: 1 });
    sessions.heard('session=token-1', 'accepted');
    sessions.heard('session=token-1', 'refused');
    expect(sessions.cookie).toBeUndefined();
    await logIn(sessions);
    sessions.heard('session=token-1', 'refused');
    expect([sessions.cookie, logIns]).toEqual(['session=token-2', 2]);
    expect(sessions.seen).toEqual([{ openedAt: 1, acceptedAt: 2, refusedAt: 3 }, { openedAt: 4 }]);
  });

  test('a log-in that fails is tried again with the next request', async () => {
    const sessions = new Sessions(() => 1);
    taken = false;
    await logIn(sessions);
    expect([sessions.cookie, sessions.seen]).toEqual([undefined, []]);
    taken = true;
    await logIn(sessions);
    expect(sessions.cookie).toMatch(/^session=token-\d+$/);
    expect(sessions.seen).toHaveLength(1);
  });
});
