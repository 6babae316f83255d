// Votes and verdicts: what counts as a vote, and that no combination without the witness, with old evidence or without a serving survivor is "down".
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Observation, ObservationResult, Verdict } from '../../../domain/observation.ts';
import { isOutage, quorum, vote, type Vote } from '../../../functions/verify/quorum.ts';
import { home, plan, seen, start, survivor, witness } from '../ports.ts';

const { failuresToSuspect, evidenceAgeSecondsMax } = plan.detection;
const aged = (ms: number): Partial<Observation> => ({ at: start - ms, failingSince: start - ms - 10_000 });
const judge = (...observations: readonly Observation[]): Verdict => quorum(observations, plan, home, start);
const up = (place: string, target: string, more: Partial<Observation> = {}) => seen(place, target, 'up', more);
const down = (place: string, target: string, more: Partial<Observation> = {}) => seen(place, target, 'down', more);
const suffering = (place: string) => seen(place, survivor, 'impaired', { writer: home });

// A round may be a fifth early.
const shortestMs = (failuresToSuspect - 1) * plan.detection.probeIntervalSeconds * 800;
const zoneMs = plan.detection.databaseOutageSeconds * 1000;

describe('vote', () => {
  test.each<[string, Observation | undefined, Vote]>([
    ['nothing was ever seen', undefined, 'silent'],
    ['up', up(witness, home), 'healthy'],
    ['down, often enough', down(witness, home), 'down'],
    ['down, once too few', down(witness, home, { consecutiveFailures: failuresToSuspect - 1 }), 'silent'],
    ['slow, however long: a grey failure', seen(witness, home, 'slow', { consecutiveFailures: 99 }), 'healthy'],
    ['a sick monitor', seen(witness, home, 'abstained'), 'abstained'],
    ['as old as evidence may be', down(witness, home, aged(evidenceAgeSecondsMax * 1000)), 'down'],
    ['a millisecond older', down(witness, home, aged(evidenceAgeSecondsMax * 1000 + 1)), 'silent'],
    ['old health is silence too', up(witness, home, aged(evidenceAgeSecondsMax * 1000 + 1)), 'silent'],
    ['an old abstention is silence', seen(witness, home, 'abstained', aged(evidenceAgeSecondsMax * 1000 + 1)), 'silent'],
    ['from the future, within the clock error', down(witness, home, { at: start + plan.permit.clockErrorSeconds * 1000 }), 'down'],
    ['from the future, beyond it', down(witness, home, { at: start + plan.permit.clockErrorSeconds * 1000 + 1 }), 'silent'],
    ['failures that came at once are no length of time', down(witness, home, { at: start, failingSince: start - shortestMs + 1 }), 'silent'],
    ['failures as far apart as rounds may be', down(witness, home, { at: start, failingSince: start - shortestMs }), 'down'],
    ['it answers, and its database may be on its way to another zone', down(witness, home, { at: start, failingSince: start - zoneMs + 1, databaseOnly: true }), 'silent'],
    ['it answers, and its database has had the time for that', down(witness, home, { at: start, failingSince: start - zoneMs, databaseOnly: true }), 'down'],
    ['cannot write, and is the writer', seen(witness, home, 'impaired', { writer: home }), 'down'],
    ['cannot write, and names no writer', { ...seen(witness, home, 'impaired'), writer: undefined } as unknown as Observation, 'down'],
    ['cannot write since the writer elsewhere is gone', seen(witness, home, 'impaired', { writer: survivor }), 'healthy'],
  ])('%s', (_, observation, expected) => {
    expect(vote(observation, plan, start)).toBe(expected);
  });
});

test('a region that cannot write is only out itself if the writer is there', () => {
  expect(isOutage({ result: 'down', target: home, writer: survivor })).toBe(true);
  expect(isOutage({ result: 'impaired', target: home, writer: survivor })).toBe(false);
  expect(isOutage({ result: 'slow', target: home, writer: home })).toBe(false);
});

describe('quorum', () => {
  const alive = { consecutiveFailures: 0 };
  test.each<[string, readonly Observation[], Verdict['kind'], boolean, RegExp]>([
    ['nobody reports', [], 'undecided', false, /0 of 3 .* 3 silent/],
    ['survivor and witness see it', [down(survivor, home), suffering(survivor), down(witness, home), suffering(witness)], 'down', true, /2 of 3 .*eu-central-1 serves/],
    ['the region\'s own vantage point contradicts', [down(survivor, home), suffering(survivor), down(witness, home), suffering(witness), up(home, home)], 'down', true, /1 healthy/],
    ['one alone', [down(witness, home), up(witness, survivor)], 'undecided', false, /1 of 3/],
    ['one alone, two contradict', [down(witness, home), up(survivor, home), up(home, home)], 'healthy', true, /1 of 3 .*2 healthy/],
    ['a lone healthy voice among the silent', [up(home, home)], 'undecided', false, /0 of 3 .*1 healthy/],
    ['all is well', [up(home, home), up(survivor, home), up(witness, home)], 'healthy', true, /3 healthy/],
    ['two without the witness', [down(survivor, home), up(survivor, survivor), down(home, home), up(home, survivor)], 'undecided', false, /witness eu-west-2 does not say so/],
    ['the witness itself abstains', [down(survivor, home), up(survivor, survivor), seen(witness, home, 'abstained')], 'undecided', false, /eu-west-2 cannot reach the control endpoint/],
    ['both regions are accused by two', [down(survivor, home), down(survivor, survivor), down(witness, home), down(witness, survivor)], 'undecided', true, /both regions look down/],
    ['the witness sees both down, the survivor sees itself well', [down(survivor, home), up(survivor, survivor), down(witness, home), down(witness, survivor)], 'undecided', false, /serving by 1 of the 2/],
    ['the survivor is slow itself', [down(survivor, home), seen(survivor, survivor, 'slow'), down(witness, home), seen(witness, survivor, 'slow')], 'undecided', false, /serving by 0/],
    ['the survivor was not looked at lately', [down(survivor, home), up(survivor, survivor, aged(16_000)), down(witness, home), up(witness, survivor)], 'undecided', false, /serving by 1/],
    ['the survivor is the writer and cannot write', [survivor, witness].flatMap((place) => [down(place, home), seen(place, survivor, 'impaired', { writer: survivor, ...alive })]), 'undecided', false, /serving by 0/],
    ['the survivor is the writer already and serves', [survivor, witness].flatMap((place) => [down(place, home, { writer: survivor }), up(place, survivor, { writer: survivor })]), 'down', true, /serves/],
    ['health from before the first failure is no contradiction', [down(survivor, home, { failingSince: start - 10_000 }), up(home, home, aged(11_000)), up(witness, home, aged(10_500))], 'undecided', false, /1 of 3 .*0 healthy, 0 abstaining, 2 silent/],
    ['health from after it is one', [down(survivor, home, { failingSince: start - 12_000 }), up(home, home, aged(11_000)), up(witness, home, aged(10_500))], 'healthy', true, /2 healthy/],
    ['slow for everybody', [home, survivor, witness].map((place) => seen(place, home, 'slow')), 'healthy', true, /3 see it slow/],
  ])('%s', (_, observations, kind, isFinal, reason) => {
    const verdict = judge(...observations);
    expect({ kind: verdict.kind, final: verdict.final }).toEqual({ kind, final: isFinal });
    expect(verdict.reason).toMatch(reason);
  });

  // Mostly what makes an outage, so that every kind of verdict comes up.
  const results = fc.constantFrom<ObservationResult>('up', 'up', 'impaired', 'slow', 'down', 'down', 'down', 'abstained');
  const view = fc.record({
    result: results, ageMs: fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: -2000, max: 20_000 })), failures: fc.oneof(fc.constant(3), fc.nat(4)),
    writer: fc.constantFrom(home, survivor, undefined), sinceMs: fc.nat(40_000), exists: fc.oneof(fc.constant(true), fc.constant(true), fc.boolean()),
  });
  const world = fc.record(Object.fromEntries([home, survivor, witness].flatMap((place) => [home, survivor].map((target) => [`${place}#${target}`, view]))));
  const built = (views: Record<string, { result: ObservationResult; ageMs: number; failures: number; writer: string | undefined; sinceMs: number; exists: boolean }>): readonly Observation[] =>
    Object.entries(views).filter(([, { exists }]) => exists).map(([pair, { result, ageMs, failures, writer, sinceMs }]) => {
      const [place = '', target = ''] = pair.split('#');
      const { writer: _, failingSince: __, ...plain } = seen(place, target, result, { at: start - ageMs, consecutiveFailures: failures });
      return { ...plain, failingSince: start - sinceMs, ...(writer === undefined ? {} : { writer }) };
    });
  const fresh = (observation: Observation | undefined): boolean => observation !== undefined && (start - observation.at) / 1000 <= evidenceAgeSecondsMax && start - observation.at >= -plan.permit.clockErrorSeconds * 1000;

  test('the votes always add up to all vantage points', () => {
    fc.assert(fc.property(world, (views) => {
      const { votes } = judge(...built(views));
      expect(votes.down + votes.healthy + votes.abstained + votes.silent).toBe(3);
      expect(votes.of).toBe(3);
    }), { numRuns: 500 });
  });

  test('"down" has the witness, K fresh accusers, each with a run of failures, and K of them see the survivor serve', () => {
    const found = { down: 0 };
    fc.assert(fc.property(world, (views) => {
      const observations = built(views);
      if (judge(...observations).kind !== 'down') return;
      found.down += 1;
      const of = (place: string, target: string) => observations.find((entry) => entry.vantagePoint === place && entry.target === target);
      const accusers = [home, survivor, witness].filter((place) => {
        const entry = of(place, home);
        return fresh(entry) && entry !== undefined && isOutage(entry) && entry.consecutiveFailures >= failuresToSuspect;
      });
      expect(accusers).toContain(witness);
      expect(accusers.length).toBeGreaterThanOrEqual(plan.detection.quorum);
      expect(accusers.filter((place) => fresh(of(place, survivor)) && ['up', 'impaired'].includes(of(place, survivor)!.result)).length).toBeGreaterThanOrEqual(plan.detection.quorum);
    }), { numRuns: 3000 });
    expect(found.down).toBeGreaterThan(0);
  });

  test('the regions are never both "down"', () => {
    fc.assert(fc.property(world, (views) => {
      const observations = built(views);
      expect([home, survivor].filter((region) => quorum(observations, plan, region, start).kind === 'down').length).toBeLessThan(2);
    }), { numRuns: 3000 });
  });

  test('an observation that is taken away never makes "down" of what was not', () => {
    fc.assert(fc.property(world, fc.nat(5), (views, index) => {
      const observations = built(views).filter((entry) => entry.result !== 'up' || entry.target !== home);
      const less = observations.filter((_, position) => position !== index % Math.max(1, observations.length));
      if (judge(...less).kind === 'down') expect(['down', 'undecided']).toContain(judge(...observations).kind);
    }), { numRuns: 1000 });
  });
});
