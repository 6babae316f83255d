// Journals of whole executions, in the words that the steps use: a failover, one that stood down, one handed to a human.
import type { Gate, JournalEntry } from '../../../domain/journal.ts';

/** 2026-11-24 09:00:00 UTC: when the suspicion was raised. */
export const startAt = Date.UTC(2026, 10, 24, 9, 0, 0);
export const execution = 'shop-eu-west-1-20261124T085950Z';
const epoch = 8;

type Line = readonly [offsetSeconds: number, step: string, kind: JournalEntry['kind'], summary: string, gates?: readonly Gate[] | undefined, evidence?: unknown];

const entriesOf = (lines: readonly Line[], name: string, claimedFrom: number): readonly JournalEntry[] => lines.map(([offset, step, kind, summary, gates, evidence]) => ({
  execution: name, application: 'shop', at: startAt + Math.round(offset * 1000), step, kind, summary,
  ...(offset >= claimedFrom ? { epoch } : {}), ...(gates === undefined ? {} : { gates }), ...(evidence === undefined ? {} : { evidence }),
}));

const gate = (name: string, passed: boolean, value: string, threshold: string, evidence?: string): Gate =>
  ({ gate: name, passed, value, threshold, ...(evidence === undefined ? {} : { evidence }) });

const iso = (offsetSeconds: number): string => new Date(startAt + offsetSeconds * 1000).toISOString();
const quorumRule = '2, one of them eu-west-2, evidence at most 15 s old, survivor serving';
const waiting = '1 of 3 vantage points see eu-west-1 down (0 healthy, 0 abstaining, 2 silent); 2 needed';
const down = '2 of 3 vantage points see eu-west-1 down (0 healthy, 0 abstaining, 1 silent) (eu-central-1, eu-west-2); eu-central-1 serves';

const claimGates = (acknowledged: boolean): readonly Gate[] => [
  gate('pause', true, 'none', 'not paused', ''),
  gate('lease', true, 'free', 'free, expired or ours', 'expires 2026-10-30T14:10:00.000Z'),
  gate('cooldown', true, '2026-10-30T15:10:00.000Z', 'over'),
  gate('acknowledgement', acknowledged, acknowledged ? 'given' : 'due', 'the last failover was acknowledged by a person'),
];

const verification: readonly Line[] = [
  [0.4, 'Verify outage', 'gate', `undecided: ${waiting}`, [gate('quorum', false, '1 of 3 see eu-west-1 down', quorumRule, waiting)]],
  [3.1, 'Verify outage', 'gate', `down: ${down}`, [gate('quorum', true, '2 of 3 see eu-west-1 down', quorumRule, down)]],
];

const assessment = (rpo: Gate): readonly Gate[] => [
  gate('orders: replica reachable', true, `answered at ${iso(4.1)}`, 'answers SQL'),
  gate('orders: replica known to RDS', true, 'available', 'found'),
  gate('orders: replica status', true, 'available', 'not deleting, failed, storage-full, incompatible-parameters'),
  rpo,
];

const goodRpo = gate('orders: RPO', true, '1.8 s could be lost', 'at most 30 s', `newest commit on the replica ${iso(-11.4)}, newest heartbeat ${iso(-11.6)}`);

export const failedOver: readonly JournalEntry[] = entriesOf([
  ...verification,
  [3.6, 'Claim lease', 'gate', `epoch ${epoch}, until ${iso(123.6)}`, claimGates(true)],
  [4.2, 'Assess survivor', 'gate', 'safe: orders: 1.8 s could be lost', assessment(goodRpo)],
  [4.6, 'Scale survivor', 'result', 'web 10 -> 20 (baseline 10 x 2)'],
  [4.7, 'Announce', 'page', 'shop: failing over from eu-west-1 to eu-central-1'],
  [4.9, 'Fence writer', 'intent', 'withdraw all write permits of orders and fence it in eu-west-1'],
  [5.0, 'Shift reads', 'intent', 'web: weight of eu-west-1 to 0, of eu-central-1 to 100'],
  [6.6, 'Fence writer', 'gate', `orders: fenced: all 6 permits of epoch 7 lapsed or were surrendered by ${iso(6.6)}`,
    [gate('orders: fence', true, `all 6 permits of epoch 7 lapsed or were surrendered by ${iso(6.6)}`, 'every permit lapsed or surrendered, or the network read back as closed')]],
  [7.1, 'Promote replica', 'intent', 'orders: promote orders-frankfurt (the replica is in recovery and nothing was asked yet)', [
    gate('fence intent', true, `of epoch ${epoch}`, `open, of epoch ${epoch}`), gate('RPO', true, '1.8 s could be lost', 'at most 30 s'), gate('fence', true, 'all permits ended', 'proven'),
  ]],
  [8.0, 'Promote replica', 'result', 'orders: RDS accepted the promotion'],
  [38.2, 'Shift reads', 'result', 'seen at the authoritative servers: shop.example.com answers 198.51.100.10 and 2001:db8:2::10 only'],
  [158.4, 'Promote replica', 'result', `orders: a write was committed and read back in eu-central-1; writes acknowledged between ${iso(-11.4)} and ${iso(6.6)} may be lost`],
  [158.9, 'Shift writes', 'intent', "orders: grant write permits for eu-central-1 and repoint the writer's record"],
  [160.3, 'Shift writes', 'result', 'orders: permits of epoch 8 granted for eu-central-1; orders-writer.shop.internal points there'],
  [163.0, 'Warm survivor', 'result', '2 of 2 paths answered'],
  [168.5, 'Confirm service', 'gate', '2 of 2 vantage points that answer see writes in eu-central-1 under epoch 8',
    [gate('service', true, '2 of 2 vantage points that answer see writes in eu-central-1 under epoch 8', 'writes seen from outside under the new epoch')]],
  [169.1, 'Conclude', 'result', 'Failed over at "Confirm service": 2 of 2 vantage points see writes in eu-central-1 under epoch 8 (see docs/runbook.md#failed-over)', undefined, {
    outcome: 'Failed over', reason: '2 of 2 vantage points that answer see writes in eu-central-1 under epoch 8', epoch, seconds: 171.4,
    lossWindow: { from: startAt - 11_400, to: startAt + 6_600, seconds: 18 }, runbook: 'docs/runbook.md#failed-over',
  }],
  [169.8, 'Announce', 'page', 'shop: failed over to eu-central-1 in 2 min 51 s'],
], execution, 3.6);

export const stoodDown: readonly JournalEntry[] = entriesOf([
  ...verification,
  [3.6, 'Claim lease', 'gate', 'refused: the last failover has not been acknowledged by a person (hotshift ack)', claimGates(false)],
  [4.0, 'Conclude', 'result', 'Stood down at "Claim lease": the last failover has not been acknowledged by a person (hotshift ack) (see docs/runbook.md#stood-down)', undefined,
    { outcome: 'Stood down', reason: 'the last failover has not been acknowledged by a person (hotshift ack)', seconds: 4.3, runbook: 'docs/runbook.md#stood-down' }],
], 'shop-stood-down', Number.POSITIVE_INFINITY);

export const handedOver: readonly JournalEntry[] = entriesOf([
  ...verification,
  [3.6, 'Claim lease', 'gate', `epoch ${epoch}, until ${iso(123.6)}`, claimGates(true)],
  [4.2, 'Assess survivor', 'gate', 'not safe: orders: unknown, which counts as infinite', assessment(gate('orders: RPO', false, 'unknown, which counts as infinite', 'at most 30 s', 'newest commit on the replica unknown, newest heartbeat unknown'))],
  [4.8, 'Conclude', 'result', 'Handed to a human at "Assess survivor": orders: unknown, which counts as infinite (see docs/runbook.md#handed-over-at-assess-survivor)', undefined,
    { outcome: 'Handed to a human', reason: 'orders: what would be lost is unknown, which counts as infinite', epoch, seconds: 5.1, runbook: 'docs/runbook.md#handed-over-at-assess-survivor' }],
], 'shop-handed-over', 3.6);

/** The failover as it stands while RDS promotes. */
export const running: readonly JournalEntry[] = failedOver.filter((entry) => entry.at < startAt + 8_000).map((entry) => ({ ...entry, execution: 'shop-running' }));
