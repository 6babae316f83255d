// Health checks against real servers. Only orders and outcomes are looked at; timeScale 0.05 makes 10 s to 500 ms.
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HealthCheckers } from '../../../twin/dns/health-checkers.ts';
import { calculatedHealthy, effectiveHealthy, endpointHealthy, firstView, nextView } from '../../../twin/dns/health-status.ts';
import type { EndpointCheck, HealthCheck } from '../../../twin/dns/health-check.ts';
import { seeded } from './zone-fixture.ts';

describe('when a health check is healthy', () => {
  const views = (healthy: number, of: number) => Array.from({ length: of }, (_, at) => ({ ...firstView, healthy: at < healthy }));

  test.each([
    [1, 8, false],
    [2, 8, true],
    [0, 8, false],
    [9, 50, false],
    [10, 50, true],
  ])('%i of %i checkers: %s', (healthy, of, expected) => expect(endpointHealthy(views(healthy, of))).toBe(expected));

  test('a checker changes its mind after the threshold, in both directions, and only for a row', () => {
    let view = firstView;
    for (const passed of [false, false, true, false, false]) view = nextView(view, passed, 3);
    expect(view.healthy).toBe(true);
    view = nextView(view, false, 3);
    expect(view.healthy).toBe(false);
    for (const passed of [true, true]) view = nextView(view, passed, 3);
    expect(view.healthy).toBe(false);
    expect(nextView(view, true, 3).healthy).toBe(true);
  });

  test('disabled counts as healthy, and inversion comes after', () => {
    expect(effectiveHealthy(false, { disabled: true, inverted: false })).toBe(true);
    expect(effectiveHealthy(true, { disabled: true, inverted: true })).toBe(false);
    expect(effectiveHealthy(false, { disabled: false, inverted: true })).toBe(true);
  });

  test('calculated: threshold 0 always, more than the children never', () => {
    expect(calculatedHealthy([false], 0)).toBe(true);
    expect(calculatedHealthy([true], 2)).toBe(false);
    expect(calculatedHealthy([true, false], 1)).toBe(true);
  });
});

describe('with real endpoints', () => {
  let checkers: HealthCheckers;
  let web: Server;
  let behaviour: 'ok' | 'broken' | 'silent';
  let requests: number;
  let check: EndpointCheck;
  const changes: string[] = [];

  beforeEach(async () => {
    [behaviour, requests] = ['ok', 0];
    changes.length = 0;
    web = createServer((_, response) => {
      requests += 1;
      if (behaviour !== 'silent') response.writeHead(behaviour === 'ok' ? 200 : 503).end();
    }).listen(0, '127.0.0.1');
    await once(web, 'listening');
    checkers = new HealthCheckers({ timeScale: 0.05, random: seeded(5), view: (address) => (address === '192.0.2.10' ? '127.0.0.1' : address) });
    checkers.onChange((id, status) => changes.push(`${id} ${status}`));
    const { port } = web.address() as AddressInfo;
    check = { id: 'web', kind: 'HTTP', address: '192.0.2.10', port, path: '/health', requestIntervalSeconds: 10, failureThreshold: 2, inverted: false, disabled: false };
  });
  afterEach(async () => {
    await checkers.close();
    web.closeAllConnections();
    web.close();
  });

  const until = async (what: () => boolean): Promise<void> => {
    const deadline = Date.now() + 20_000;
    while (!what()) {
      if (Date.now() > deadline) throw new Error('did not happen in 20 s');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const put = (...checks: HealthCheck[]): void => checks.forEach((one) => checkers.put(one));

  test('every checker asks; an endpoint that breaks and heals is followed', async () => {
    put(check);
    expect(checkers.statusOf('web')).toBe('healthy');
    await until(() => checkers.observationsOf('web').every((seen) => seen.checkedAt !== undefined));
    expect(new Set(checkers.observationsOf('web').map((seen) => seen.region)).size).toBe(8);
    expect(checkers.observationsOf('web')[0]?.reason).toBe('Success: HTTP Status Code 200, OK');
    behaviour = 'broken';
    await until(() => checkers.statusOf('web') === 'unhealthy');
    expect(checkers.isHealthy('web')).toBe(false);
    behaviour = 'ok';
    await until(() => checkers.statusOf('web') === 'healthy');
    expect(changes).toEqual(['web unhealthy', 'web healthy']);
  });

  test('an endpoint that accepts and never answers is unhealthy, and so is one that refuses', async () => {
    behaviour = 'silent';
    put(check, { ...check, id: 'refused', port: 1 });
    await until(() => !checkers.isHealthy('web') && !checkers.isHealthy('refused'));
    expect(checkers.observationsOf('web').some((seen) => /no response was received in time/.test(seen.reason))).toBe(true);
    expect(checkers.observationsOf('refused').some((seen) => /ECONNREFUSED/.test(seen.reason))).toBe(true);
  });

  test('disabled: nothing is asked and it counts as healthy; inverted then makes it unhealthy; enabled it asks again', async () => {
    behaviour = 'broken';
    put(check);
    await until(() => !checkers.isHealthy('web'));
    put({ ...check, disabled: true });
    expect(checkers.statusOf('web')).toBe('healthy');
    const before = requests;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(requests).toBe(before);
    put({ ...check, disabled: true, inverted: true });
    expect(checkers.statusOf('web')).toBe('unhealthy');
    put({ ...check, disabled: false });
    await until(() => requests > before);
    expect(changes.slice(0, 3)).toEqual(['web unhealthy', 'web healthy', 'web unhealthy']);
  });

  test('a calculated check follows its children and cannot contain itself', async () => {
    const tcp = createTcpServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    put(check, { ...check, id: 'tcp', kind: 'TCP', address: '127.0.0.1', port: (tcp.address() as AddressInfo).port });
    put({ id: 'both', kind: 'CALCULATED', children: ['web', 'tcp'], healthThreshold: 2, inverted: false, disabled: false });
    put({ id: 'either', kind: 'CALCULATED', children: ['web', 'tcp'], healthThreshold: 1, inverted: false, disabled: false });
    await until(() => checkers.observationsOf('tcp').every((seen) => seen.checkedAt !== undefined));
    expect(checkers.observationsOf('tcp')[0]?.reason).toMatch(/^Success/);
    behaviour = 'broken';
    await until(() => changes.includes('both unhealthy'));
    expect(checkers.statusOf('either')).toBe('healthy');
    expect(() => put({ id: 'either', kind: 'CALCULATED', children: ['outer'], healthThreshold: 1, inverted: false, disabled: false })).not.toThrow();
    expect(() => put({ id: 'outer', kind: 'CALCULATED', children: ['either'], healthThreshold: 1, inverted: false, disabled: false })).toThrow(/calculated from itself/);
    await new Promise((resolve) => tcp.close(resolve));
  });

  test('after close nothing is asked and nothing is told', async () => {
    put(check);
    await until(() => requests > 3);
    await checkers.close();
    const before = requests;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(requests).toBe(before);
    expect(checkers.statusOf('web')).toBeUndefined();
  });
});
