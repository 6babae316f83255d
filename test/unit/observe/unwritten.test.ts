// Since when did nobody see a write? While a vantage point does not look, the region may write all the same.
import { expect, test } from '@jest/globals';
import type { Observation, ProbeOutcome } from '../../../domain/observation.ts';
import { observation } from '../../../functions/observe/observation.ts';
import { home, plan, seen, start, witness } from '../ports.ts';

const good: ProbeOutcome = { answered: true, read: 'ok', write: 'ok', latencyMs: 40, writer: home, epoch: 2 };
const silence: ProbeOutcome = { answered: false, failure: 'timed-out', read: 'unknown', write: 'unknown', latencyMs: 2000 };
const gapMs = plan.detection.evidenceAgeSecondsMax * 1000;
const since = (before: Partial<Observation> | undefined, outcome: ProbeOutcome, control = true): number | undefined =>
  observation(before === undefined ? undefined : seen(witness, home, 'down', { at: start - 5000, ...before }), { vantagePoint: witness, target: home, outcome, control, at: start }, plan).unwrittenSince;

test.each<[string, number | undefined, number | undefined]>([
  ['the first look that sees none', since({ lastWriteAt: start - 5000 }, silence), start],
  ['the first look of all', since(undefined, silence), start],
  ['it stays with the first one', since({ unwrittenSince: start - 60_000 }, silence), start - 60_000],
  ['a write that is seen ends it', since({ unwrittenSince: start - 60_000 }, good), undefined],
  ['a write that is refused is none', since({ unwrittenSince: start - 60_000 }, { ...good, write: 'refused' }), start - 60_000],
  ['a look at the very edge of a gap', since({ unwrittenSince: start - 60_000, at: start - gapMs }, silence), start - 60_000],
  ['after a gap it begins anew', since({ unwrittenSince: start - 60_000, at: start - gapMs - 1 }, silence), start],
  ['a sick monitor keeps what it knew', since({ unwrittenSince: start - 60_000 }, silence, false), start - 60_000],
  ['a sick monitor begins nothing', since({}, silence, false), undefined],
])('%s', (_, found, wanted) => expect(found).toBe(wanted));
