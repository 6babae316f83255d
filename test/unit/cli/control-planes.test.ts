// What `hotshift check` says out loud about calls to us-east-1 on the way of a failover.
import { describe, expect, test } from '@jest/globals';
import { controlPlaneNotes } from '../../../cli/format/control-planes.ts';
import type { ApplicationPlan } from '../../../domain/plan.ts';
import { plan } from '../ports.ts';

const notes = (change: Partial<ApplicationPlan>): readonly string[] => controlPlaneNotes({ ...plan, ...change });
const traffic = (strategies: ApplicationPlan['traffic'][number]['strategies']) => plan.traffic.map((entry) => ({ ...entry, strategies }));
const databases = (leads: boolean) => plan.databases.map((entry) => ({ ...entry, writerRecord: { ...entry.writerRecord!, leads } }));
const none = plan.databases.map(({ writerRecord: _record, ...entry }) => entry);

describe('control planes outside the survivor', () => {
  test('records by weight need one, on the critical path; so does the writer record', () => {
    expect(notes({})).toEqual([
      'users of web are moved by the API of Route 53 in us-east-1, on the critical path',
      'the writer record of orders is changed by the API of Route 53 in us-east-1; no server writes before it is done',
    ]);
  });
  test('as the second way, it is said after which', () => {
    expect(notes({ traffic: traffic(['health-check-switch', 'weighted-records']), databases: none })).toEqual(['users of web are moved by the API of Route 53 in us-east-1, only after health-check-switch']);
  });
  test('a writer record that does not lead holds nobody up, and is said all the same', () => {
    expect(notes({ traffic: traffic(['routing-control']), databases: databases(false) })).toEqual([expect.stringContaining('servers do not wait for it')]);
  });
  test('all of it by data planes: nothing to say', () => {
    expect(notes({ traffic: traffic(['health-check-switch']), databases: none })).toEqual([]);
  });
  test('who serves from us-east-1 is told what its loss means', () => {
    expect(notes({ regions: ['us-east-1', 'us-west-2'], databases: none })[0]).toContain('one of your own regions');
  });
});
