// What is told of each way to move users and writes, what is remembered of the ways that were tried, and shares at their rims.
import { describe, expect, test } from '@jest/globals';
import type { JournalEntry } from '../../../domain/journal.ts';
import type { TrafficStrategy } from '../../../domain/plan.ts';
import { opening, turning } from '../../../functions/shift/doors.ts';
import { nextShare } from '../../../functions/shift/ramp.ts';
import { triesOf, turnOf, type Try } from '../../../functions/shift/turns.ts';
import { answersOnly, shareOf, sharing, weighting } from '../../../functions/shift/weights.ts';
import { leadsOnlyTo, writing, type RecordSight } from '../../../functions/shift/writing.ts';
import { home, plan, start, survivor } from '../ports.ts';

const web = { ...plan.traffic[0]!, strategyTimeoutSeconds: 30 };
const name = web.recordName;

describe('the weights', () => {
  test('are told record by record', () => {
    expect(weighting(web, { [home]: 100, [survivor]: 100 }, survivor)).toEqual({ kind: 'set', weights: { [home]: 0, [survivor]: 100 }, reason: `${name}: eu-west-1 0, eu-central-1 100` });
    expect(weighting(web, { [home]: 0, [survivor]: 100 }, survivor)).toEqual({ kind: 'done', reason: `${name} already sends everything to eu-central-1` });
    expect(weighting(web, {}, 'eu-north-1')).toEqual({ kind: 'refuse', reason: `${name} has no endpoint in eu-north-1: moving traffic there would leave zero regions serving` });
  });

  test('of a planned step are told as well, and what stands already is not set again', () => {
    expect(sharing(web, { [home]: 100, [survivor]: 100 }, survivor, 75)).toEqual({ kind: 'set', weights: { [home]: 25, [survivor]: 75 }, reason: `${name}: eu-west-1 25, eu-central-1 75` });
    expect(sharing(web, { [home]: 25, [survivor]: 75 }, survivor, 75)).toEqual({ kind: 'done', reason: `${name}: eu-west-1 25, eu-central-1 75 already` });
    expect(sharing(web, { [home]: 0, [survivor]: 100 }, survivor, 'plan')).toMatchObject({ kind: 'set', weights: { [home]: web.endpoints[home]!.weight, [survivor]: web.endpoints[survivor]!.weight } });
  });

  test.each<[string, number, string]>([['nobody', 0, survivor], ['less than nobody', -1, survivor], ['more than everybody', 101, survivor], ['a place that the record does not know', 75, 'eu-north-1']])(
    'give no share to %s', (_, share, to) => {
      expect(sharing(web, {}, to, share)).toEqual({ kind: 'refuse', reason: `${name} cannot give ${to} ${share} % of the users` });
    });

  test('of nothing are no share that anybody could know', () => {
    expect(shareOf({}, survivor)).toBeUndefined();
    expect(shareOf({ [home]: 0, [survivor]: 0 }, survivor)).toBeUndefined();
    expect(shareOf({ [home]: Number.NaN, [survivor]: 100 }, survivor)).toBeUndefined();
    expect(shareOf({ [home]: 100 }, survivor)).toBe(0);
    expect(shareOf({ [home]: 60, [survivor]: 20 }, survivor)).toBe(25);
  });

  test('lead nowhere that the record does not know', () => {
    expect(answersOnly(['198.51.100.10'], web, 'eu-north-1')).toBe(false);
  });
});

test('the steps of a ramp are taken in their order, however they are written down', () => {
  const ramp = { ramp: [90, 5, 60] };
  expect([1, 5, 60, 90].map((share) => nextShare(ramp, share, 'survivor'))).toEqual([5, 60, 90, 100]);
  expect([100, 90, 60].map((share) => nextShare(ramp, share, 'both'))).toEqual([90, 60, 'plan']);
});

describe('the doors', () => {
  const switched = { application: 'shop', epoch: 2 };
  test('of the switch tell where users are led, and by whom it was turned', () => {
    expect(turning(switched, home, 3)).toEqual({ kind: 'set', next: { application: 'shop', epoch: 3, evacuated: home }, reason: "the switch leads users away from eu-west-1: the health check of its records turns, without a call to Route 53's API" });
    expect(turning({ ...switched, evacuated: home }, undefined, 3)).toEqual({ kind: 'set', next: { application: 'shop', epoch: 3 }, reason: "the switch leads users to both regions: the health check of its records turns, without a call to Route 53's API" });
    expect('evacuated' in (turning({ ...switched, evacuated: home }, undefined, 3) as { next: object }).next).toBe(false);
    expect(turning({ ...switched, epoch: 3, evacuated: home }, home, 3)).toEqual({ kind: 'done', reason: 'the switch leads users away from eu-west-1 already' });
    expect(turning({ ...switched, epoch: 4 }, home, 3)).toEqual({ kind: 'refuse', reason: 'the switch was turned under epoch 4, this execution has epoch 3' });
  });

  const controls = { endpoints: [], controls: { [home]: 'arn-home', [survivor]: 'arn-survivor' } };
  test('of the routing controls tell which is on and which is off', () => {
    expect(opening(controls, { [home]: true, [survivor]: true }, survivor)).toEqual({ kind: 'set', next: { [home]: false, [survivor]: true }, reason: 'routing controls: eu-west-1 off, eu-central-1 on' });
    expect(opening(controls, { [home]: false, [survivor]: true }, survivor)).toEqual({ kind: 'done', reason: 'the routing controls let users into eu-central-1 alone already' });
    expect(opening(controls, {}, 'eu-north-1')).toEqual({ kind: 'refuse', reason: 'there is no routing control for eu-north-1: nobody would be let in' });
  });
});

describe('whose turn it is', () => {
  const [first, last]: readonly [TrafficStrategy, TrafficStrategy] = ['health-check-switch', 'weighted-records'];
  const both = { ...web, strategies: [first, last] };
  const went = (strategy: TrafficStrategy, how: Try['went'], at = start, why = 'because'): Try => ({ traffic: 'web', strategy, went: how, why, at });
  const turn = (tries: readonly Try[], of = both, deadline = start + 300_000) => turnOf(of, tries, start + 1000, deadline);

  test('is read from the entries of this step and epoch alone, with their times', () => {
    const line = (more: Partial<JournalEntry>): JournalEntry => ({ execution: 'run-1', application: 'shop', at: start, step: 'Shift reads', kind: 'decision', epoch: 1, summary: '', evidence: { tries: [{ traffic: 'web', strategy: first, went: 'begun', why: '' }] }, ...more });
    const lines = [line({}), line({ step: 'Shift writes', at: start + 1 }), line({ epoch: 2, at: start + 2 }), line({ evidence: undefined, at: start + 3 }), line({ evidence: {}, at: start + 4 })];
    expect(triesOf(lines, 'Shift reads', 1)).toEqual([{ traffic: 'web', strategy: first, went: 'begun', why: '', at: start }]);
  });

  test('a way that was not begun is tried first, for its own time', () => {
    expect(turn([])).toEqual({ kind: 'try', strategy: first, isFirst: true, until: start + 31_000 });
  });

  test('a way that was begun goes on, counted from its begin', () => {
    expect(turn([went(first, 'begun', start - 5000)])).toEqual({ kind: 'try', strategy: first, isFirst: false, until: start + 25_000 });
  });

  test('a way that was accepted is only awaited', () => {
    expect(turn([went(first, 'begun'), went(first, 'accepted')])).toEqual({ kind: 'look', strategy: first, until: start + 30_000 });
  });

  test('the last of several has what is left of the RTO, and never less than its own time', () => {
    const tries = [went(first, 'failed'), went(last, 'begun')];
    expect(turn(tries)).toMatchObject({ strategy: last, until: start + 300_000 });
    expect(turn(tries, both, start + 2000)).toMatchObject({ until: start + 30_000 });
  });

  test('the only one has what is left of the RTO', () => {
    expect(turn([went(last, 'begun')], { ...web, strategies: [last] }, start + 2000)).toMatchObject({ until: start + 2000 });
  });

  test('when none is left, the reason of each that failed is told, and of no other', () => {
    expect(turn([went(first, 'begun', start, 'x'), went(first, 'failed', start, 'nobody follows it'), went(last, 'failed', start, 'denied')])).toEqual({ kind: 'exhausted', reason: 'health-check-switch: nobody follows it; weighted-records: denied' });
  });
});

describe('when servers may write again', () => {
  const host = 'orders-replica.example';
  const record = { hostedZoneId: 'Z1', name: 'writer.shop.example', ttlSeconds: 5 };
  const sight = (more: Partial<RecordSight> = {}): RecordSight => ({ answers: ['old.example'], host, changed: false, begunAt: start, now: start + 1000, rtoSeconds: 300, ...more });

  test('at once where there is no record, where it leads there, or where servers go by their permit', () => {
    expect(writing(undefined, sight())).toEqual({ kind: 'grant', reason: 'servers go where their permit says: there is no record' });
    expect(writing(record, sight({ answers: [`${host.toUpperCase()}.`] }))).toEqual({ kind: 'grant', reason: "the writer's record leads there" });
    expect(writing({ ...record, leads: false }, sight())).toEqual({ kind: 'grant', reason: 'servers go where their permit says, and check it' });
  });

  test.each<[string, Partial<RecordSight>, string]>([
    ['old answers', {}, 'the authoritative servers answer old.example'], ['two answers, one of them old', { answers: [host, 'old.example'] }, `the authoritative servers answer ${host}, old.example`],
    ['an empty answer', { answers: [] }, 'the authoritative servers answer nothing'], ['silence', { answers: undefined }, 'no authoritative server answers'],
  ])('not yet with %s, which are told', (_, more, shown) => {
    expect(writing(record, sight(more))).toEqual({ kind: 'wait', change: true, reason: `writer.shop.example does not lead to ${host} alone: ${shown}` });
    expect(writing(record, sight({ ...more, changed: true }))).toMatchObject({ kind: 'wait', change: false });
  });

  test.each([[true, 'the change was accepted'], [false, 'the change was not accepted']])('never by the passing of time: a person is told (changed: %s)', (changed, said) => {
    expect(writing(record, sight({ changed, now: start + 299_999 })).kind).toBe('wait');
    expect(writing(record, sight({ changed, now: start + 300_000 }))).toEqual({
      kind: 'hand-over', reason: `no permit is granted: after 300 s writer.shop.example does not lead to ${host} alone (${said}; the authoritative servers answer old.example), and servers that follow it would write to the old writer`,
    });
  });

  test('a name with a dot inside and one with a dot at its end are told apart', () => {
    expect([leadsOnlyTo(['a.b.'], 'a.b'), leadsOnlyTo(['ab'], 'a.b'), leadsOnlyTo(['a.b'], 'A.B.'), leadsOnlyTo([], 'a.b')]).toEqual([true, false, true, false]);
  });
});
