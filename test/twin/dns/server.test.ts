// The name server as its clients meet it: Node's resolver, dig where it is installed, and raw bytes.
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as dns from 'dns-packet';
import fc from 'fast-check';
import { DnsServer } from '../../../twin/dns/server.ts';
import { respond } from '../../../twin/dns/message.ts';
import { seeded, set, zones } from './zone-fixture.ts';
import { recordSetKey } from '../../../twin/dns/record-sets.ts';

const run = promisify(execFile);
const digInstalled = await run('dig', ['-v']).then(() => true, () => false);

let healthyIds: Set<string>;
let store: ReturnType<typeof zones>;
let server: DnsServer;
let port: number;
let resolver: Resolver;

beforeEach(async () => {
  healthyIds = new Set(['check-first', 'check-second']);
  store = zones();
  server = new DnsServer({ zones: store, healthy: (id) => healthyIds.has(id), random: seeded(11) });
  ({ port } = await server.listen({ host: '127.0.0.1' }));
  resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
});
afterEach(() => server.close());

async function ask(message: Partial<dns.Packet> | Buffer, toPort = port): Promise<dns.DecodedPacket> {
  const socket = createSocket('udp4');
  const reply = once(socket, 'message');
  socket.send(Buffer.isBuffer(message) ? message : dns.encode({ type: 'query', id: 77, flags: dns.RECURSION_DESIRED, ...message }), toPort, '127.0.0.1');
  const [bytes] = (await reply) as [Buffer];
  socket.close();
  return dns.decode(bytes);
}
const question = (name: string, type: dns.RecordType): Partial<dns.Packet> => ({ questions: [{ name, type, class: 'IN' }] });
const opt = (more: object): dns.Answer => ({ type: 'OPT', name: '.', udpPayloadSize: 4096, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [], ...more }) as dns.Answer;
const code = (packet: dns.DecodedPacket): string => (packet as unknown as { rcode: string }).rcode;

describe("through Node's resolver", () => {
  test('weighted sets are both seen, with the TTL as stored', async () => {
    const seen = new Map<string, number>();
    for (let query = 0; query < 200; query += 1) {
      const [record] = await resolver.resolve4('app.twin.test', { ttl: true });
      expect(record?.ttl).toBe(5);
      seen.set(record?.address ?? '', (seen.get(record?.address ?? '') ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(['127.0.10.1', '127.0.11.1']);
    // 200 draws of 0.75: five standard deviations are 31.
    expect(Math.abs((seen.get('127.0.10.1') ?? 0) - 150)).toBeLessThan(31);
    expect(server.queries).toBe(200);
  });

  test('a health check that turns moves all answers away at once', async () => {
    healthyIds.delete('check-first');
    for (let query = 0; query < 20; query += 1) expect(await resolver.resolve4('app.twin.test')).toEqual(['127.0.11.1']);
    expect(await resolver.resolve4('pair.twin.test')).toEqual(['127.0.11.2']);
  });

  test('CNAMEs are followed inside the zone; other types and texts are read', async () => {
    expect(await resolver.resolve4('db.twin.test', { ttl: true })).toEqual([{ address: '127.0.10.3', ttl: expect.any(Number) }]);
    expect(await resolver.resolveCname('db.twin.test')).toEqual(['writer.twin.test']);
    expect(await resolver.resolve6('app.twin.test')).toEqual(['2001:db8::a']);
    expect(await resolver.resolveTxt('note.twin.test')).toEqual([['hello world', 'and "more"']]);
    expect(await resolver.resolveNs('twin.test')).toEqual(['ns-1.twin.test', 'ns-2.twin.test']);
    expect(await resolver.resolveSoa('twin.test')).toMatchObject({ minttl: 300, nsname: 'ns-1.twin.test' });
  });

  test('a name that is not there, and one that has no such type', async () => {
    await expect(resolver.resolve4('missing.twin.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolve4('note.twin.test')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(resolver.resolve4('deep.twin.test')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(resolver.resolve4('example.org')).rejects.toMatchObject({ code: 'EREFUSED' });
  });

  test('a long answer is truncated over UDP and whole over TCP', async () => {
    expect(await resolver.resolveTxt('big.twin.test')).toHaveLength(20);
    expect(server.queries).toBe(2);
  });

  test('failure modes: SERVFAIL, silence, and loss that some queries survive', async () => {
    server.setMode('servfail');
    await expect(resolver.resolve4('app.twin.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    server.setMode('black-hole');
    await expect(resolver.resolve4('app.twin.test')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    server.setMode('loss', 0.5);
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => resolver.resolve4('app.twin.test')));
    const answered = outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
    expect(answered).toBeGreaterThan(4);
    expect(answered).toBeLessThan(36);
    server.setMode('ok');
    expect(await resolver.resolve4('pair.twin.test')).toEqual(['127.0.10.2']);
  });
});

describe('the bytes of a response', () => {
  test('authoritative, not recursive, and spelled as asked (0x20)', async () => {
    const reply = await ask(question('aPp.TwIn.TeSt', 'A'));
    expect(reply).toMatchObject({ flag_aa: true, flag_rd: true, flag_ra: false, flag_tc: false, id: 77 });
    expect(reply.questions?.[0]?.name).toBe('aPp.TwIn.TeSt');
    expect(reply.answers?.[0]?.name).toBe('aPp.TwIn.TeSt');
  });

  test('a negative answer carries the SOA with the negative TTL', async () => {
    const reply = await ask(question('missing.twin.test', 'A'));
    expect(code(reply)).toBe('NXDOMAIN');
    expect(reply.authorities).toEqual([expect.objectContaining({ type: 'SOA', name: 'twin.test', ttl: 300 })]);
    const nodata = await ask(question('deep.twin.test', 'A'));
    expect(code(nodata)).toBe('NOERROR');
    expect(nodata.answers).toEqual([]);
    expect(nodata.authorities).toHaveLength(1);
  });

  test('a chain that ends nowhere says NXDOMAIN, one that leaves the zone stops, a loop is SERVFAIL', async () => {
    const dangling = await ask(question('dangling.twin.test', 'A'));
    expect([code(dangling), dangling.answers?.length]).toEqual(['NXDOMAIN', 1]);
    const away = await ask(question('away.twin.test', 'A'));
    expect(away.answers?.map((record) => record.type)).toEqual(['CNAME']);
    expect(code(await ask(question('loop-a.twin.test', 'A')))).toBe('SERVFAIL');
  });

  test('wildcards cover what is not there and nothing that is', async () => {
    expect((await ask(question('any.wild.twin.test', 'A'))).answers).toHaveLength(1);
    expect((await ask(question('a.b.wild.twin.test', 'A'))).answers?.[0]).toMatchObject({ name: 'a.b.wild.twin.test', data: '127.0.10.9' });
    expect((await ask(question('known.wild.twin.test', 'A'))).answers).toEqual([]);
    expect(code(await ask(question('below.known.wild.twin.test', 'A')))).toBe('NXDOMAIN');
  });

  test('EDNS: we promise 1232 bytes, refuse other versions with BADVERS, and a second OPT with FORMERR', async () => {
    const reply = await ask({ ...question('app.twin.test', 'A'), additionals: [opt({})] });
    expect(reply.additionals).toEqual([expect.objectContaining({ type: 'OPT', udpPayloadSize: 1232, ednsVersion: 0, extendedRcode: 0 })]);
    const future = await ask({ ...question('app.twin.test', 'A'), additionals: [opt({ ednsVersion: 1 })] });
    expect(future).toMatchObject({ answers: [], additionals: [expect.objectContaining({ extendedRcode: 1 })] });
    expect(code(await ask({ ...question('app.twin.test', 'A'), additionals: [opt({}), opt({})] }))).toBe('FORMERR');
    expect((await ask(question('app.twin.test', 'A'))).additionals).toEqual([]);
  });

  test('other operations, classes, transfers and several questions', async () => {
    expect(code(await ask({ ...question('twin.test', 'SOA'), flags: 4 << 11 }))).toBe('NOTIMP');
    expect(code(await ask({ questions: [{ name: 'twin.test', type: 'TXT', class: 'CH' }] }))).toBe('REFUSED');
    expect(code(await ask(question('twin.test', 'AXFR')))).toBe('REFUSED');
    expect(code(await ask({ questions: [{ name: 'twin.test', type: 'A', class: 'IN' }, { name: 'twin.test', type: 'NS', class: 'IN' }] }))).toBe('FORMERR');
    expect(code(await ask({ questions: [] }))).toBe('FORMERR');
  });

  test('bytes that are no message get FORMERR, responses and scraps get silence', () => {
    const context = { zones: store, healthy: () => true, random: () => 0 };
    const broken = Buffer.from('00ff01000001000000000000ff', 'hex');
    expect(code(dns.decode(respond(broken, 'udp', context) ?? Buffer.alloc(0)))).toBe('FORMERR');
    expect(respond(Buffer.alloc(11), 'udp', context)).toBeUndefined();
    expect(respond(dns.encode({ type: 'response', id: 1, ...question('app.twin.test', 'A') }), 'udp', context)).toBeUndefined();
  });
});

test("a region's resolver maps addresses, sets RA and follows CNAMEs across zones", async () => {
  const view = (address: string): string => (address === '203.0.113.7' ? '127.0.10.77' : address);
  const regional = await server.listen({ host: '127.0.0.1', view, resolver: true });
  const reply = await ask(question('away.twin.test', 'A'), regional.port);
  expect(reply.flag_ra).toBe(true);
  expect(reply.answers).toEqual([expect.objectContaining({ type: 'CNAME' }), expect.objectContaining({ type: 'A', name: 'host.other.test', data: '127.0.10.77' })]);
  expect((await ask(question('host.other.test', 'A'))).answers?.[0]).toMatchObject({ data: '203.0.113.7' });
});

test('answers change when a version is published, and an older version never comes back', async () => {
  const answerOf = async (): Promise<string[]> => resolver.resolve4('pg.deep.twin.test');
  const changed = (address: string): Map<string, ReturnType<typeof set>> => {
    const next = new Map(store.get('Z1')?.recordSets);
    const record = set('pg.deep.twin.test', 'A', [address]);
    return next.set(recordSetKey(record), record);
  };
  const [second, third] = [changed('127.0.11.3'), changed('127.0.12.3')];
  const secondVersion = store.accept('Z1', second);
  const thirdVersion = store.accept('Z1', third);
  expect(await answerOf()).toEqual(['127.0.10.3']);
  store.publish('Z1', thirdVersion, third);
  expect(await answerOf()).toEqual(['127.0.12.3']);
  store.publish('Z1', secondVersion, second);
  expect(await answerOf()).toEqual(['127.0.12.3']);
});

test('TCP: several queries in one stream, cut at any byte, are all answered', async () => {
  const socket = connect(port, '127.0.0.1');
  const framed = ['pair.twin.test', 'db.twin.test', 'missing.twin.test'].map((name, id) => dns.streamEncode({ type: 'query', id, ...question(name, 'A') }));
  const bytes = Buffer.concat(framed);
  let received = Buffer.alloc(0);
  const ids: number[] = [];
  const done = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        ids.push(dns.streamDecode(received).id ?? -1);
        received = received.subarray(2 + received.readUInt16BE(0));
      }
      if (ids.length === 3) resolve();
    });
  });
  for (const byte of bytes) socket.write(Buffer.from([byte]));
  await done;
  expect(ids).toEqual([0, 1, 2]);
  socket.destroy();
});

test('whatever bytes arrive, the answer is a message of our size or silence', () => {
  const context = { zones: store, healthy: () => true, random: seeded(3) };
  const names = fc.constantFrom('app.twin.test', 'db.twin.test', 'big.twin.test', 'x.wild.twin.test', 'loop-a.twin.test', 'nope.test', '.');
  const types = fc.constantFrom<dns.RecordType>('A', 'AAAA', 'TXT', 'SOA', 'NS', 'CNAME', 'OPT', 'AXFR', 'SRV');
  const valid = fc.tuple(names, types).map(([name, type]) => dns.encode({ type: 'query', id: 9, ...question(name, type), additionals: [opt({})] }));
  const damaged = fc.tuple(valid, fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 6 }), fc.nat(80)).map(([bytes, changes, keep]) => {
    const copy = Buffer.from(bytes);
    for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
    return copy.subarray(0, Math.max(keep, 0) || copy.length);
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)), damaged), (bytes) => {
      const response = respond(bytes, 'udp', context);
      if (!response) return bytes.length < 12 || ((bytes[2] ?? 0) & 0x80) !== 0;
      const packet = dns.decode(response);
      return response.length <= 1232 && packet.type === 'response' && packet.id === bytes.readUInt16BE(0);
    }),
    { numRuns: 3_000 },
  );
});

(digInstalled ? describe : describe.skip)('through dig (apt package dnsutils)', () => {
  const dig = async (...options: string[]): Promise<string> => (await run('dig', ['@127.0.0.1', '-p', String(port), '+tries=1', '+time=2', ...options])).stdout;

  test('an authoritative answer with cookies and EDNS as dig sends them', async () => {
    const out = await dig('db.twin.test', 'A');
    expect(out).toMatch(/status: NOERROR/);
    expect(out).toMatch(/flags: qr aa rd;/);
    expect(out).toMatch(/udp: 1232/);
    expect(out).toMatch(/db\.twin\.test\.\s+1\s+IN\s+CNAME\s+writer\.twin\.test\./);
    expect(out).toMatch(/pg\.deep\.twin\.test\.\s+3\s+IN\s+A\s+127\.0\.10\.3/);
    expect(out).not.toMatch(/malformed|warning: (?!recursion)/i);
  });

  test('statuses: NXDOMAIN, REFUSED, BADVERS, truncation', async () => {
    expect(await dig('missing.twin.test')).toMatch(/status: NXDOMAIN/);
    expect(await dig('example.org')).toMatch(/status: REFUSED/);
    expect(await dig('twin.test', 'SOA', '+edns=1', '+noednsneg')).toMatch(/status: BADVERS/);
    expect(await dig('big.twin.test', 'TXT', '+ignore')).toMatch(/flags: qr aa tc/);
    expect(await dig('big.twin.test', 'TXT', '+tcp', '+short')).toMatch(/x{120}19/);
  });
});
