// The switch end to end, without any API of Route 53: the verb behind a real HTTP server in each region, real health checkers, a real
// name server. Orders and outcomes only; timeScale 0.05 makes the 10 s of a fast check half a second.
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { TrafficSwitch } from '../../../domain/ports.ts';
import { answer } from '../../../functions/answer/answer.ts';
import { HealthCheckers } from '../../../twin/dns/health-checkers.ts';
import { DnsServer } from '../../../twin/dns/server.ts';
import { ZoneStore } from '../../../twin/dns/zones.ts';
import { seeded, set, soaValue } from './zone-fixture.ts';

const [first, second] = ['us-east-1', 'us-west-2'] as const;
const address = { [first]: '127.0.10.1', [second]: '127.0.11.1' };
const other = { [first]: second, [second]: first };
let switched: TrafficSwitch;
let urls: Readonly<Record<string, Server>>;
let checkers: HealthCheckers;
let server: DnsServer;
let resolver: Resolver;

beforeEach(async () => {
  switched = { application: 'shop', epoch: 0 };
  const tell = answer({ switches: { glance: async () => switched, read: async () => switched, set: async () => false } }, [{ application: 'shop' }]);
  urls = Object.fromEntries([first, second].map((region) => [region, createServer((request, response) => {
    void tell({ rawPath: request.url ?? '' }).then(({ statusCode, body }) => response.writeHead(statusCode).end(body));
  }).listen(0, '127.0.0.1')]));
  await Promise.all(Object.values(urls).map((url) => once(url, 'listening')));
  checkers = new HealthCheckers({ timeScale: 0.05, random: seeded(5) });
  for (const region of [first, second]) {
    checkers.put({
      id: `switch-${region}`, kind: 'HTTP', address: '127.0.0.1', port: (urls[other[region]]?.address() as AddressInfo).port, path: `/left/shop/${region}`,
      requestIntervalSeconds: 10, failureThreshold: 1, inverted: true, disabled: false,
    });
    checkers.put({ id: region, kind: 'CALCULATED', children: [`switch-${region}`], healthThreshold: 1, inverted: false, disabled: false });
  }
  const zones = new ZoneStore();
  zones.create({ id: 'Z1', name: 'shop.test', callerReference: 'switch', recordSets: [
    set('shop.test', 'SOA', [soaValue]), set('shop.test', 'NS', ['ns-1.shop.test.']),
    ...[first, second].map((region) => set('app.shop.test', 'A', [address[region]], { setIdentifier: region, weight: 50, healthCheckId: region, ttlSeconds: 1 })),
  ] });
  server = new DnsServer({ zones, healthy: checkers.isHealthy, random: seeded(7) });
  const { port } = await server.listen({ host: '127.0.0.1' });
  resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
});
afterEach(async () => {
  await checkers.close();
  await server.close();
  await Promise.all(Object.values(urls).filter((url) => url.listening).map((url) => new Promise<void>((resolve) => { url.closeAllConnections(); url.close(() => resolve()); })));
});

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => { setTimeout(resolve, 10); });
}
/** 30 looks: with half of the weight elsewhere they would miss it once in a billion times. */
async function answers(): Promise<readonly string[]> {
  const found = await Promise.all(Array.from({ length: 30 }, () => resolver.resolve4('app.shop.test')));
  return [...new Set(found.flat())].sort();
}
const both = [address[first], address[second]];
const serving = (): boolean => [first, second].every((region) => checkers.statusOf(region) === 'healthy');

test('turned in the table, every answer is the survivor\'s; released, both serve again', async () => {
  await until(serving);
  expect(await answers()).toEqual(both);
  switched = { application: 'shop', epoch: 1, evacuated: first };
  await until(() => checkers.statusOf(first) === 'unhealthy');
  expect(await answers()).toEqual([address[second]]);
  switched = { application: 'shop', epoch: 1 };
  await until(serving);
  expect(await answers()).toEqual(both);
}, 60_000);

test('a dead function, in either region, moves nobody', async () => {
  await until(serving);
  for (const region of [first, second]) {
    urls[region]?.closeAllConnections();
    urls[region]?.close();
  }
  await until(() => checkers.observationsOf(`switch-${first}`).every(({ reason }) => reason.includes('ECONNREFUSED')));
  expect(serving()).toBe(true);
  expect(await answers()).toEqual(both);
}, 60_000);

test('the next failover the other way needs nothing of the region that is left then', async () => {
  await until(serving);
  switched = { application: 'shop', epoch: 1, evacuated: first };
  await until(() => checkers.statusOf(first) === 'unhealthy');
  // The second region is lost with its function; the word that named the first region is overwritten by the new one.
  urls[second]?.closeAllConnections();
  urls[second]?.close();
  switched = { application: 'shop', epoch: 2, evacuated: second };
  await until(() => checkers.statusOf(second) === 'unhealthy' && checkers.statusOf(first) === 'healthy');
  expect(await answers()).toEqual([address[first]]);
}, 60_000);
