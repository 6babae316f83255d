// The load generator against the twin's own name server and real HTTP servers on two addresses.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, jest } from '@jest/globals';
import { recordSetKey } from '../../../twin/dns/record-sets.ts';
import { DnsServer } from '../../../twin/dns/server.ts';
import { ZoneStore } from '../../../twin/dns/zones.ts';
import { loadDefaults, type LoadConfig } from '../../../twin/load/config.ts';
import { LoadGenerator } from '../../../twin/load/generator.ts';
import { startLoad, type LoadProcess } from '../../../twin/load/load-process.ts';
import type { LoadResult } from '../../../twin/load/outcome.ts';
import { ResolverCache } from '../../../twin/load/resolver-cache.ts';
import type { SecondStatistics } from '../../../twin/load/statistics.ts';
import { seeded, set, soaValue } from '../dns/zone-fixture.ts';

// A machine that is busy with something else for a moment answers late; twice in a row it would be ours.
jest.retryTimes(2);

interface Site {
  readonly server: Server;
  readonly ids: Set<string>;
  behaviour: 'ok' | 'broken' | 'silent';
  reads: number;
}

let dns: DnsServer;
let zones: ZoneStore;
let first: Site;
let second: Site;
let config: LoadConfig;
/** What a failing test leaves running must not keep the others, or Jest, waiting. */
let generators: LoadGenerator[];
let processes: LoadProcess[];

function generate(more: Partial<LoadConfig>, seed: number): LoadGenerator {
  const generator = new LoadGenerator({ ...config, ...more }, { random: seeded(seed) });
  generators.push(generator);
  generator.start();
  return generator;
}

async function startProcess(onSecond: (statistics: SecondStatistics) => void = () => undefined): Promise<LoadProcess> {
  const load = await startLoad(config, { onSecond });
  processes.push(load);
  return load;
}

async function site(host: string, port: number, region: string, epoch: number): Promise<Site> {
  const made: Site = { ids: new Set(), behaviour: 'ok', reads: 0, server: createServer() };
  made.server.on('request', async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (made.behaviour === 'silent') return;
    if (made.behaviour === 'broken') return void response.writeHead(503).end('no JSON');
    if (request.method === 'POST') made.ids.add((JSON.parse(body) as { id: string }).id);
    else made.reads += 1;
    response.writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ region, epoch }));
  });
  made.server.listen(port, host);
  await once(made.server, 'listening');
  return made;
}

const point = (published: string): void => {
  const record = set('app.load.test', 'A', [published], { ttlSeconds: 1 });
  const next = new Map(zones.get('Z')?.recordSets).set(recordSetKey(record), record);
  zones.publish('Z', zones.accept('Z', next), next);
};

beforeEach(async () => {
  [generators, processes] = [[], []];
  zones = new ZoneStore();
  zones.create({ id: 'Z', name: 'load.test', callerReference: 'x', recordSets: [set('load.test', 'SOA', [soaValue]), set('load.test', 'NS', ['ns.load.test.'])] });
  point('203.0.113.1');
  dns = new DnsServer({ zones, healthy: () => true });
  const dnsServer = await dns.listen({ host: '127.0.0.1' });
  first = await site('127.0.0.1', 0, 'us-east-1', 1);
  const { port } = first.server.address() as AddressInfo;
  second = await site('127.0.0.2', port, 'us-west-2', 2);
  config = {
    ...loadDefaults,
    name: 'app.load.test',
    port,
    dnsServer,
    idPrefix: 'run-1-',
    addressMap: { '203.0.113.1': '127.0.0.1', '203.0.113.2': '127.0.0.2' },
    addressRegions: { '203.0.113.1': 'us-east-1', '203.0.113.2': 'us-west-2' },
  };
});
afterEach(async () => {
  for (const load of processes) load.kill();
  await Promise.all(generators.map((generator) => generator.stop()));
  for (const { server } of [first, second]) {
    server.closeAllConnections();
    server.close();
  }
  await dns.close();
});

const until = async (what: () => boolean): Promise<void> => {
  const deadline = Date.now() + 20_000;
  while (!what()) {
    if (Date.now() > deadline) throw new Error('did not happen in 20 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

test('half reads, half writes, each write once; every acknowledged id is where it was acknowledged', async () => {
  const generator = generate({}, 1);
  await until(() => first.ids.size >= 100);
  const result = await generator.stop();
  expect(result.errors).toBe(0);
  expect(new Set(result.acknowledged.map((write) => write.id))).toEqual(first.ids);
  expect(Math.abs(first.reads - first.ids.size)).toBeLessThanOrEqual(1);
  expect(result.acknowledged[0]).toMatchObject({ id: expect.stringMatching(/^run-1-\d+$/), region: 'us-east-1', epoch: 1 });
  // One lookup per cache at most, and again when a TTL ran out: far fewer than requests.
  expect(dns.queries).toBeLessThan(result.requests / 2);
});

test('in its own process: users move with DNS after a region goes silent, and the result tells the downtime', async () => {
  const seconds: SecondStatistics[] = [];
  const load = await startProcess((statistics) => seconds.push(statistics));
  await until(() => first.ids.size >= 50);
  first.behaviour = 'silent';
  await new Promise((resolve) => setTimeout(resolve, 500));
  point('203.0.113.2');
  await until(() => second.ids.size >= 200 && seconds.length >= 2);
  const result: LoadResult = await load.stop();
  expect(result.writeDowntime).toMatchObject({ recovered: true });
  expect(result.writeDowntime?.ms).toBeGreaterThan(400);
  expect(result.errorSpans.some((span) => (span.statuses['timeout'] ?? 0) > 0)).toBe(true);
  expect(result.spikeSeconds).toBeGreaterThanOrEqual(1);
  const regions = result.acknowledged.map((write) => write.region);
  expect(regions.lastIndexOf('us-east-1')).toBeLessThan(regions.indexOf('us-west-2'));
  expect(result.acknowledged.every((write) => (write.region === 'us-east-1' ? first : second).ids.has(write.id))).toBe(true);
  expect(seconds.some((statistics) => 'us-west-2' in statistics.regions || 'us-east-1' in statistics.regions)).toBe(true);
});

test('connections are kept, and those to an address that DNS no longer answers end', async () => {
  let connections = 0;
  first.server.on('connection', () => (connections += 1));
  const generator = generate({}, 3);
  await until(() => first.ids.size >= 150);
  expect(connections).toBeLessThan(first.ids.size);
  point('203.0.113.2');
  let left = 1;
  await until(() => {
    first.server.getConnections((_, count) => (left = count));
    return left === 0 && second.ids.size > 0;
  });
  expect((await generator.stop()).errors).toBe(0);
});

test('refused connections, error pages and failing DNS are named, and cost nobody else', async () => {
  const generator = generate({ caches: 4, dnsLimitMs: 1_000 }, 2);
  await until(() => first.reads > 10);
  first.behaviour = 'broken';
  await new Promise((resolve) => setTimeout(resolve, 300));
  first.server.closeAllConnections();
  first.server.close();
  await new Promise((resolve) => setTimeout(resolve, 300));
  dns.setMode('servfail');
  // All caches have run out after one TTL.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const result = await generator.stop();
  const statuses = new Set(result.errorSpans.flatMap((span) => Object.keys(span.statuses)));
  expect([...statuses]).toEqual(expect.arrayContaining(['503', 'ECONNREFUSED', 'dns ESERVFAIL']));
  expect(result.writeDowntime?.recovered).toBe(false);
});

test('resolver caches honour the TTL and do not move together', async () => {
  let now = 0;
  const cache = (share: number): ResolverCache => new ResolverCache({ name: 'app.load.test', dnsServer: config.dnsServer, dnsLimitMs: 10_000, random: () => share, now: () => now });
  const [early, late] = [cache(0.2), cache(0.9)];
  await Promise.all([early.address(), late.address()]);
  point('203.0.113.2');
  now = 500;
  expect(await early.address()).toBe('203.0.113.2');
  expect(await late.address()).toBe('203.0.113.1');
  now = 950;
  expect(await late.address()).toBe('203.0.113.2');
  // From now on a whole TTL.
  point('203.0.113.1');
  now = 1_400;
  expect(await early.address()).toBe('203.0.113.2');
  now = 1_501;
  expect(await early.address()).toBe('203.0.113.1');
});

test('a load process that dies rejects instead of reporting nothing lost', async () => {
  const load = await startProcess();
  const result = load.stop();
  const other = await startProcess();
  other.kill();
  await expect(other.stop()).rejects.toThrow(/ended without a result \(SIGKILL\)/);
  await expect(result).resolves.toMatchObject({ errors: 0 });
});
