// From a probe to a view: what is called what, how runs of failures are counted, and what is remembered when a region says nothing.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Observation, ObservationResult, ProbeOutcome } from '../../../domain/observation.ts';
import { observation } from '../../../functions/observe/observation.ts';
import { home, plan, seen, start, survivor, witness } from '../ports.ts';

const good: ProbeOutcome = { answered: true, read: 'ok', write: 'ok', latencyMs: 40, writer: home, epoch: 2 };
const silence: ProbeOutcome = { answered: false, failure: 'timed-out', read: 'unknown', write: 'unknown', latencyMs: 2000 };
const look = (outcome: Partial<ProbeOutcome>, { previous, control = true, target = home }: { previous?: Observation; control?: boolean; target?: string } = {}): Observation =>
  observation(previous, { vantagePoint: witness, target, outcome: { ...good, ...outcome }, control, at: start }, plan);

describe('the result', () => {
  const slowMs = plan.detection.slowSeconds * 1000;
  test.each<[string, Partial<ProbeOutcome>, boolean, ObservationResult]>([
    ['reads and writes', {}, true, 'up'],
    ['reads and writes, and only the control endpoint is gone', {}, false, 'up'],
    ['a refused write is the fence at work', { write: 'refused' }, true, 'up'],
    ['a write that nobody tried', { write: 'unknown' }, true, 'up'],
    ['as slow as still allowed', { latencyMs: slowMs }, true, 'up'],
    ['a moment slower', { latencyMs: slowMs + 1 }, true, 'slow'],
    ['no answer', silence, true, 'down'],
    ['no answer, and the monitor reaches nothing else', silence, false, 'abstained'],
    ['cannot read its own database', { read: 'failed' }, true, 'down'],
    ['does not know whether it reads: that is no yes', { read: 'unknown' }, true, 'down'],
    ['reads but does not write', { write: 'failed' }, true, 'impaired'],
    ['reads but does not write, seen by a sick monitor', { write: 'failed' }, false, 'abstained'],
    ['slow and unable to write: the worse counts', { write: 'failed', latencyMs: slowMs * 3 }, true, 'impaired'],
  ])('%s', (_, outcome, control, result) => {
    expect(look(outcome, { control }).result).toBe(result);
  });

  test('the reason names what failed', () => {
    expect(look({ ...silence, detail: 'no answer within 2 s' }).reason).toBe('timed-out: no answer within 2 s');
    expect(look({ read: 'failed' }).reason).toBe('read-failed');
  });
});

describe('runs of failures', () => {
  const before = (result: ObservationResult, more: Partial<Observation> = {}) => seen(witness, home, result, { consecutiveFailures: 4, failingSince: start - 20_000, ...more });
  test.each<[string, Observation | undefined, Partial<ProbeOutcome>, number]>([
    ['the first ever', undefined, silence, 1],
    ['down after down', before('down'), silence, 5],
    ['down after impaired: a dying region passes through both', before('impaired'), silence, 5],
    ['impaired after down', before('down'), { write: 'failed' }, 5],
    ['down after up', before('up', { consecutiveFailures: 0 }), silence, 1],
    ['down after slow: another kind of trouble', before('slow'), silence, 1],
    ['slow after slow', before('slow'), { latencyMs: 5000 }, 5],
    ['slow after down', before('down'), { latencyMs: 5000 }, 1],
    ['down after an abstention: nobody knows what was in between', before('abstained', { consecutiveFailures: 0 }), silence, 1],
    ['down after suffering from a writer elsewhere', before('impaired', { writer: survivor }), { ...silence, writer: survivor }, 1],
    ['suffering goes on', before('impaired', { writer: survivor }), { write: 'failed', writer: survivor }, 5],
    ['up ends it', before('down'), {}, 0],
  ])('%s', (_, previous, outcome, failures) => {
    const found = look(outcome, previous === undefined ? {} : { previous });
    expect(found.consecutiveFailures).toBe(failures);
    expect(found.failingSince).toBe(failures === 0 ? undefined : failures === 1 ? start : start - 20_000);
  });

  test('a region that gives no answer keeps the writer, the epoch and the last write that it told before', () => {
    const { writer: _, epoch: __, ...mute } = { ...good, ...silence };
    const found = observation(seen(witness, home, 'up', { epoch: 7, lastWriteAt: start - 9000 }), { vantagePoint: witness, target: home, outcome: mute, control: true, at: start }, plan);
    expect(found).toMatchObject({ result: 'down', writer: home, epoch: 7, lastWriteAt: start - 9000, consecutiveFailures: 1 });
  });

  test('the last write is the last one that succeeded', () => {
    expect(look({}).lastWriteAt).toBe(start);
    expect(look({ write: 'refused' }, { previous: seen(witness, home, 'up', { lastWriteAt: start - 5000 }) }).lastWriteAt).toBe(start - 5000);
    expect(look({ write: 'failed' }).lastWriteAt).toBeUndefined();
  });

  test('a count grows by one or starts anew, and there is none without a failure', () => {
    const outcome = fc.record({ answered: fc.boolean(), read: fc.constantFrom('ok', 'failed', 'unknown'), write: fc.constantFrom('ok', 'failed', 'refused', 'unknown'), latencyMs: fc.nat(3000), writer: fc.constantFrom(home, survivor) });
    fc.assert(fc.property(fc.array(fc.tuple(outcome, fc.boolean()), { minLength: 1, maxLength: 20 }), (probes) => {
      let previous: Observation | undefined;
      probes.forEach(([one, control], round) => {
        const next = observation(previous, { vantagePoint: witness, target: home, outcome: one as ProbeOutcome, control, at: start + round * 5000 }, plan);
        expect([0, 1, (previous?.consecutiveFailures ?? 0) + 1]).toContain(next.consecutiveFailures);
        expect(next.consecutiveFailures === 0).toBe(next.result === 'up' || next.result === 'abstained');
        expect(next.failingSince === undefined).toBe(next.consecutiveFailures === 0);
        if (next.failingSince !== undefined) expect(next.at - next.failingSince).toBe((next.consecutiveFailures - 1) * 5000);
        previous = next;
      });
    }));
  });
});
