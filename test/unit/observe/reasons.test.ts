// What a vantage point says of what it saw, to the word, and what of it is remembered.
import { describe, expect, test } from '@jest/globals';
import type { Observation, ProbeOutcome } from '../../../domain/observation.ts';
import { observation } from '../../../functions/observe/observation.ts';
import { concern } from '../../../functions/observe/suspicion.ts';
import { home, plan, seen, start, survivor, witness } from '../ports.ts';

const good: ProbeOutcome = { answered: true, read: 'ok', write: 'ok', latencyMs: 40, writer: home, epoch: 2 };
const look = (outcome: Partial<ProbeOutcome>, { previous, control = true }: { previous?: Observation; control?: boolean } = {}): Observation =>
  observation(previous, { vantagePoint: witness, target: home, outcome: { ...good, ...outcome }, control, at: start }, plan);
const slowSeconds = plan.detection.slowSeconds;

describe('the reason', () => {
  test.each<[string, Partial<ProbeOutcome>, string]>([
    ['it serves and writes', {}, 'reads and writes'],
    ['it serves and is fenced', { write: 'refused' }, 'reads; write refused'],
    ['it serves and nobody tried to write', { write: 'unknown' }, 'reads; write unknown'],
    ['it answers late', { latencyMs: slowSeconds * 1000 + 400.4 }, `answered after ${slowSeconds * 1000 + 400} ms; slow is more than ${slowSeconds} s`],
    ['it cannot write and says why', { write: 'failed', detail: 'could not connect to the writer' }, 'could not connect to the writer'],
    ['it cannot write and does not say why', { write: 'failed' }, 'reads work, writes do not'],
    ['it cannot read and does not say why', { read: 'failed' }, 'read-failed'],
    ['it cannot read and says why', { read: 'failed', failure: 'read-failed', detail: 'relation orders does not exist' }, 'read-failed: relation orders does not exist'],
    ['it gives no answer', { answered: false, failure: 'timed-out', read: 'unknown', write: 'unknown' }, 'timed-out'],
  ])('%s', (_, outcome, reason) => {
    expect(look(outcome).reason).toBe(reason);
  });

  test('of an abstention is the control endpoint, not the region', () => {
    expect(look({ answered: false, read: 'unknown', write: 'unknown' }, { control: false })).toMatchObject({ result: 'abstained', reason: 'the control endpoint cannot be reached either', consecutiveFailures: 0 });
  });
});

describe('no answer is the worst of it', () => {
  test('whatever a stale field may say of reads', () => {
    expect(look({ answered: false, failure: 'tls', read: 'ok', write: 'ok' }).result).toBe('down');
    expect(look({ answered: false, failure: 'tls', read: 'ok', write: 'ok' }, { control: false }).result).toBe('abstained');
  });
});

test.each<Partial<ProbeOutcome>>([{ read: 'failed' }, { read: 'unknown' }, { write: 'failed' }])('a monitor that is sick itself abstains whatever failed: %j', (outcome) => {
  expect(look(outcome, { control: false }).result).toBe('abstained');
});

describe('what is not known is left out, never guessed', () => {
  const { writer: _, epoch: __, ...anonymous } = good;
  test('of an application that names neither writer nor epoch, and of which no write was ever seen', () => {
    const found = observation(undefined, { vantagePoint: witness, target: home, outcome: { ...anonymous, write: 'unknown' }, control: true, at: start }, plan);
    expect(Object.keys(found).filter((name) => ['writer', 'epoch', 'lastWriteAt', 'failingSince'].includes(name))).toEqual([]);
  });

  test('and what was known before is replaced by what is known now', () => {
    expect(look({ writer: survivor, epoch: 3 }, { previous: seen(witness, home, 'up', { epoch: 2 }) })).toMatchObject({ writer: survivor, epoch: 3 });
  });

  test('a run of failures whose begin was not noted begins now', () => {
    const { failingSince: ___, ...undated } = seen(witness, home, 'down', { consecutiveFailures: 2 });
    expect(look({ answered: false, read: 'unknown', write: 'unknown' }, { previous: undated })).toMatchObject({ consecutiveFailures: 3, failingSince: start });
  });
});

test.each<[string, Partial<ProbeOutcome>, true | undefined]>([
  ['answers and cannot read', { read: 'failed' }, true], ['answers and cannot write', { write: 'failed' }, true], ['gives no answer', { answered: false, read: 'unknown', write: 'unknown' }, undefined],
  ['is slow', { latencyMs: 9000 }, undefined], ['is well', {}, undefined],
])('that only the database is out is noted of a region that answers and says so: %s', (_, outcome, noted) => {
  expect(look(outcome).databaseOnly).toBe(noted);
});

describe('one run of failures', () => {
  const bad = (result: Observation['result'], writer: string | undefined) => {
    const { writer: _____, ...plain } = seen(witness, home, result, { consecutiveFailures: 4, failingSince: start - 20_000 });
    return writer === undefined ? plain : { ...plain, writer };
  };
  test.each<[string, Observation, Partial<ProbeOutcome>, number]>([
    ['goes on when a region that is down begins to answer without writes of its own', bad('down', home), { write: 'failed', writer: home }, 5],
    ['goes on for a region that never named a writer', bad('impaired', undefined), { write: 'failed', writer: home }, 5],
    ['ends when the trouble turns out to be the other writer\'s', bad('down', home), { write: 'failed', writer: survivor }, 1],
    ['does not begin with what was only slow', bad('slow', home), { write: 'failed', writer: home }, 1],
    ['of lateness is not fed by failures', bad('impaired', home), { latencyMs: 9000 }, 1],
  ])('%s', (_, previous, outcome, failures) => {
    expect(look(outcome, { previous }).consecutiveFailures).toBe(failures);
  });
});

describe('a concern that is not raised says why', () => {
  const { failuresToSuspect, suspicionRepeatSeconds } = plan.detection;
  test('what was seen, when that is no concern', () => {
    expect(concern(seen(witness, home, 'up', { reason: 'reads and writes' }), 0, undefined, plan, start)).toEqual({ kind: 'none', reason: 'reads and writes' });
  });

  test('when it was raised, when that is not long ago', () => {
    const lately = start - (suspicionRepeatSeconds - 1) * 1000;
    expect(concern(seen(witness, home, 'down', { consecutiveFailures: failuresToSuspect }), 0, lately, plan, start)).toEqual({ kind: 'none', reason: `raised ${suspicionRepeatSeconds - 1} s ago` });
  });

  test('many rounds without an opinion are no sickness of a monitor that reaches the region', () => {
    expect(concern(seen(witness, home, 'up'), 99, undefined, plan, start).kind).toBe('none');
  });

  test.each<[string, Observation['result'], string | undefined, 'suspect' | 'none']>([
    ['a region that is down is concerned whoever the writer is', 'down', survivor, 'suspect'],
    ['a region that cannot write is, if it names no writer', 'impaired', undefined, 'suspect'],
    ['a region that cannot write since the writer elsewhere is gone is not', 'impaired', survivor, 'none'],
  ])('%s', (_, result, writer, kind) => {
    const { writer: __, ...plain } = seen(witness, home, result, { consecutiveFailures: failuresToSuspect });
    expect(concern(writer === undefined ? plain : { ...plain, writer }, 0, undefined, plan, start).kind).toBe(kind);
  });
});
