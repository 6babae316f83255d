// A small zone that holds every kind of record set that the twin knows.
import { canonicalName } from '../../../twin/dns/names.ts';
import type { RecordSet, RecordType } from '../../../twin/dns/record-sets.ts';
import { ZoneStore } from '../../../twin/dns/zones.ts';

export const set = (name: string, type: RecordType, values: readonly string[], more: Partial<RecordSet> = {}): RecordSet => ({
  name: canonicalName(name) ?? name,
  type,
  values,
  ttlSeconds: 60,
  ...more,
});

export const soaValue = 'ns-1.twin.test. hostmaster.twin.test. 1 7200 900 1209600 300';

export const recordSets: readonly RecordSet[] = [
  set('twin.test', 'SOA', [soaValue], { ttlSeconds: 900 }),
  set('twin.test', 'NS', ['ns-1.twin.test.', 'ns-2.twin.test.'], { ttlSeconds: 900 }),
  set('app.twin.test', 'A', ['127.0.10.1'], { setIdentifier: 'first', weight: 75, ttlSeconds: 5, healthCheckId: 'check-first' }),
  set('app.twin.test', 'A', ['127.0.11.1'], { setIdentifier: 'second', weight: 25, ttlSeconds: 5, healthCheckId: 'check-second' }),
  set('app.twin.test', 'AAAA', ['2001:db8::a']),
  set('pair.twin.test', 'A', ['127.0.10.2'], { setIdentifier: 'p', failover: 'PRIMARY', healthCheckId: 'check-first' }),
  set('pair.twin.test', 'A', ['127.0.11.2'], { setIdentifier: 's', failover: 'SECONDARY' }),
  set('db.twin.test', 'CNAME', ['writer.twin.test.'], { ttlSeconds: 1 }),
  set('writer.twin.test', 'CNAME', ['pg.deep.twin.test.'], { ttlSeconds: 2 }),
  set('pg.deep.twin.test', 'A', ['127.0.10.3'], { ttlSeconds: 3 }),
  set('dangling.twin.test', 'CNAME', ['nowhere.twin.test.']),
  set('away.twin.test', 'CNAME', ['host.other.test.']),
  set('loop-a.twin.test', 'CNAME', ['loop-b.twin.test.']),
  set('loop-b.twin.test', 'CNAME', ['loop-a.twin.test.']),
  set('note.twin.test', 'TXT', ['"hello world" "and \\"more\\""']),
  set('big.twin.test', 'TXT', Array.from({ length: 20 }, (_, at) => `"${'x'.repeat(120)}${at}"`)),
  set('*.wild.twin.test', 'A', ['127.0.10.9']),
  set('known.wild.twin.test', 'TXT', ['"here"']),
];

export function zones(): ZoneStore {
  const store = new ZoneStore();
  store.create({ id: 'Z1', name: 'twin.test', callerReference: 'fixture', recordSets });
  store.create({
    id: 'Z2',
    name: 'other.test',
    callerReference: 'fixture-2',
    recordSets: [set('other.test', 'SOA', [soaValue]), set('other.test', 'NS', ['ns-1.twin.test.']), set('host.other.test', 'A', ['203.0.113.7'])],
  });
  return store;
}

/** A seeded generator (mulberry32): the same draws in each run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
