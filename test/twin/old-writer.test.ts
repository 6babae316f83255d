// The judge of the old writer: what it must say of rows, orders and locks. Who keeps to permits is never taken; who ignores them only
// until the old region has closed its database.
import { describe, expect, test } from '@jest/globals';
import type { FenceIntent } from '../../domain/lease.ts';
import { oldWriterFigures, oldWriterInvariants, type ClientRow, type OldWriterEvidence } from '../../twin/old-writer.ts';

const DEPOSED = 10_000;
const RETURNED = 20_000;
const FENCED = 25_000;
const order: FenceIntent = {
  application: 'shop', database: 'orders', region: 'us-east-1', epoch: 1, recordedAt: 9_000, execution: 'one',
  enforced: { at: FENCED, networkClosed: true, sessionsEnded: 7, detail: 'security group closed, 7 sessions ended' },
};
const { enforced: _proof, ...unheard } = order;
const row = (kind: ClientRow['kind'], writtenAt: number): ClientRow => ({ id: `${kind}-${writtenAt}`, kind, place: 'us-east-1', writtenAt });
const evidence = (changes: Partial<OldWriterEvidence> = {}): OldWriterEvidence => ({
  deposedAt: DEPOSED, returned: { how: 'restarts', at: RETURNED }, mustEnforce: true, orders: [order], locks: { networkOpen: false, sql: { readOnly: true, oldSessions: 0 } },
  attempts: [
    { kind: 'direct', place: 'us-east-1', id: 'a', sentAt: 22_000, endedAt: 22_010, acknowledged: true }, { kind: 'direct', place: 'us-east-1', id: 'b', sentAt: 9_000, endedAt: 9_010, acknowledged: true },
    { kind: 'guarded', place: 'us-east-1', id: 'c', sentAt: 22_000, endedAt: 22_010, acknowledged: false, reason: 'refused' },
  ],
  rows: [row('application', 9_500), row('direct', 22_000), row('session', 24_000)], ...changes,
});
const broken = (changes: Partial<OldWriterEvidence>): readonly string[] => Object.entries(oldWriterInvariants(evidence(changes))).filter(([, held]) => !held).map(([name]) => name);

test('a region that returns and is closed keeps all of them, though it took writes before', () => expect(broken({})).toEqual([]));

describe('each can fail', () => {
  test.each<[string, Partial<OldWriterEvidence>, string]>([
    ['a write through the application', { rows: [row('application', 10_001)] }, 'I2 the old writer takes nothing from who keeps to permits'],
    ['a write under the guard', { rows: [row('guarded', 24_000)] }, 'I2 the old writer takes nothing from who keeps to permits'],
    ['no answer to the order', { orders: [unheard] }, 'I1 the old region closes its own database'],
    ['no order at all', { orders: [] }, 'I1 the old region closes its own database'],
    ['an agent that comes much too late', { orders: [{ ...order, enforced: { at: RETURNED + 120_000, networkClosed: true, sessionsEnded: 0, detail: '' } }] }, 'I1 the old region closes its own database'],
    ['an agent that only says so: the network', { locks: { networkOpen: true, sql: { readOnly: true, oldSessions: 0 } } }, 'I1 the old region closes its own database'],
    ['an agent that only says so: the engine', { locks: { networkOpen: false, sql: { readOnly: false, oldSessions: 0 } } }, 'I1 the old region closes its own database'],
    ['a session that was left', { locks: { networkOpen: false, sql: { readOnly: true, oldSessions: 1 } } }, 'I1 the old region closes its own database'],
    ['a write after it was closed', { rows: [row('session', FENCED + 1)] }, 'I1 closed means closed to everybody'],
    ['a write to a region that never came back', { mustEnforce: false, returned: undefined, rows: [row('direct', 10_001)] }, 'I1 the old writer takes nothing at all'],
  ])('%s', (_what, changes, invariant) => expect(broken(changes)).toEqual([invariant]));
});

test('nobody was deposed: nothing to judge', () => {
  expect(oldWriterInvariants(evidence({ deposedAt: undefined }))).toEqual({});
  expect(oldWriterFigures(evidence({ deposedAt: undefined }), 1)).toMatchObject({ deposedAt: null, clients: [], fence: null, openForOthersSeconds: 0 });
});

test('the figures count after the deposition, and the open time from the return to the last row of who ignores permits', () => {
  const figures = oldWriterFigures(evidence(), 1);
  expect(figures).toMatchObject({ writersSeen: 1, openForOthersSeconds: 4, fence: { secondsAfterDeposition: 15, secondsAfterReturn: 5, sessionsEnded: 7 } });
  expect(figures.clients.find(({ kind }) => kind === 'direct')).toMatchObject({ attempted: 1, acknowledged: 1, accepted: 1, acceptedAfterFence: 0, keepsToPermits: false });
  expect(figures.clients.find(({ kind }) => kind === 'application')).toMatchObject({ accepted: 0, keepsToPermits: true });
  expect(oldWriterFigures(evidence({ orders: [unheard] }), 1).fence).toBeNull();
});
