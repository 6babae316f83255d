// The messages in full: a person who is woken by one must know what happens, what may be lost and what to do, without looking elsewhere.
import { describe, expect, test } from '@jest/globals';
import type { DrillMode, DrillOutcome } from '../../../domain/drill.ts';
import type { FailbackOutcome } from '../../../domain/failback.ts';
import type { Failover } from '../../../domain/journal.ts';
import { WAS_LEFT } from '../../../domain/lease.ts';
import { drillMessage } from '../../../functions/announce/drill-message.ts';
import { message, type AnnounceInput } from '../../../functions/announce/message.ts';
import { failover, plan, start } from '../ports.ts';

const iso = (at: number): string => new Date(at).toISOString();
/** What the card of an incident says at an end without a promotion. */
const card = { question: null, next: 'Nothing more by itself. See docs/runbook.md#x.', spent: 'RTO: 12 s of 300 s. RPO: nothing was promoted of 30 s. (run-1)' };
const concluded = (outcome: 'Failed over' | 'Stood down' | 'Handed to a human', step: string, lossWindow?: { from: number; to: number; seconds: number }, reason = 'because'): AnnounceInput =>
  ({ moment: 'concluded', failover, conclusion: { outcome, step, reason, seconds: 12, runbook: 'docs/runbook.md#x', lossWindow } });

describe('while it is under way', () => {
  test('people are paged once for each execution, with the reason and the command that follows it', () => {
    expect(message({ moment: 'failing-over', failover, reason: '2 of 3 vantage points see eu-west-1 down' }, plan)).toEqual({
      key: 'incident-1/run-1/failing-over', application: 'shop', incident: 'incident-1', severity: 'page', title: 'Failing over shop: eu-west-1 -> eu-central-1',
      lines: ['2 of 3 vantage points see eu-west-1 down', 'Follow it with: hotshift why run-1'],
      card: { state: 'failing over', seen: '2 of 3 vantage points see eu-west-1 down', next: 'The writer in eu-west-1 is fenced, eu-central-1 is promoted, and users are moved there.', question: null },
    });
  });
});

describe('at the end', () => {
  test('a hand-over says what to do, and what waits for a person', () => {
    expect(message(concluded('Handed to a human', 'Fence writer'), plan)).toEqual({
      key: 'incident-1/run-1/Handed to a human', application: 'shop', incident: 'incident-1', severity: 'page', title: 'Handed to a human: shop: eu-west-1 -> eu-central-1',
      lines: ['because', 'Took 12 s; the RTO is 300 s.', 'What to do: docs/runbook.md#x. Every gate: hotshift why run-1', 'No automatic failover follows until a person runs: hotshift ack'],
      card: { ...card, state: 'handed to a human', refused: ['Fence writer: because'] },
    });
  });

  test('a failover names the window of the writes that may be lost', () => {
    expect(message(concluded('Failed over', 'Confirm service', { from: start - 5000, to: start, seconds: 5 }), plan).lines[1])
      .toBe(`Writes acknowledged between ${iso(start - 5000)} and ${iso(start)} (5 s) may be lost.`);
    expect(message(concluded('Failed over', 'Confirm service', { from: start - 5000, to: start, seconds: 5 }), plan).card).toMatchObject({ state: 'failed over', spent: 'RTO: 12 s of 300 s. RPO: 5 s of 30 s. (run-1)', question: null });
  });

  test('standing down is told once for each step of an incident, and asks nothing of anybody', () => {
    expect(message(concluded('Stood down', 'Verify outage'), plan)).toEqual({
      key: 'incident-1/stood-down/Verify outage', application: 'shop', incident: 'incident-1', severity: 'warning', title: 'Stood down: shop: eu-west-1 -> eu-central-1',
      lines: ['because', 'Took 12 s; the RTO is 300 s.', 'What to do: docs/runbook.md#x. Every gate: hotshift why run-1'],
      card: { ...card, state: 'stood down', refused: ['Verify outage: because'] },
    });
  });

  test('that an empty region looks down wakes nobody, whatever else was in the way', () => {
    expect(message(concluded('Stood down', 'Claim lease'), plan).severity).toBe('page');
    expect(message(concluded('Stood down', 'Claim lease', undefined, `not acknowledged; eu-west-1 ${WAS_LEFT} (hotshift failback)`), plan).severity).toBe('warning');
  });

  test('a failover that ended at the step of the claim is a page like any other', () => {
    expect(message(concluded('Handed to a human', 'Claim lease'), plan).severity).toBe('page');
  });
});

describe('what may be lost', () => {
  test('a window without a beginning is told as unknown, never as a number of seconds since 1970', () => {
    const { lines, card: told } = message(concluded('Failed over', 'Confirm service', { from: 0, to: start, seconds: start / 1000 }), plan);
    expect(lines[1]).toBe(`An unknown amount of writes acknowledged before ${iso(start)} may be lost.`);
    expect(told).toMatchObject({ spent: 'RTO: 12 s of 300 s. RPO: unknown of 30 s. (run-1)' });
  });
  test('nothing lost is no line', () => {
    expect(message(concluded('Failed over', 'Confirm service'), plan)).toEqual({
      key: 'incident-1/run-1/Failed over', application: 'shop', incident: 'incident-1', severity: 'page', title: 'Failed over: shop: eu-west-1 -> eu-central-1',
      lines: ['because', 'Took 12 s; the RTO is 300 s.', 'What to do: docs/runbook.md#x. Every gate: hotshift why run-1', 'No automatic failover follows until a person runs: hotshift ack'],
      card: { ...card, state: 'failed over', next: 'Acknowledge it (hotshift ack shop); nothing automatic happens before.' },
    });
  });
  test('a confirmed outage that nobody may act on wakes people, and is told beside "not enough votes yet"', () => {
    const found = message(concluded('Stood down', 'Claim lease'), plan);
    expect([found.severity, found.key]).toEqual(['page', 'incident-1/stood-down/Claim lease']);
    expect(message(concluded('Stood down', 'Claim lease'), plan).lines).not.toContain('No automatic failover follows until a person runs: hotshift ack');
  });
});

describe('a failback', () => {
  const back: Failover = { ...failover, execution: 'back-1', incident: 'failback-back-1', mode: 'failback' };
  const ended = (outcome: FailbackOutcome) => message({ moment: 'concluded', failover: back, conclusion: { outcome, step: 'Rebuild replica', reason: 'because', seconds: 600, runbook: 'docs/runbook.md#y' } }, plan);
  test.each<[FailbackOutcome, string, string, readonly string[] | undefined]>([
    ['Failed back', 'info', 'Failed back: shop', undefined],
    ['Stood down', 'info', 'Failback stood down: shop', ['Rebuild replica: because']],
    ['Failback yielded', 'info', 'Failback yielded: shop', ['Rebuild replica: because']],
    ['Handed to a human', 'page', 'Handed to a human: shop (failback)', ['Rebuild replica: because']],
  ])('%s', (outcome, severity, title, refused) => {
    expect(ended(outcome)).toEqual({
      application: 'shop', incident: 'failback-back-1', key: `back-1/${outcome}`, severity, title,
      lines: ['because', 'Took 600 s.', 'What to do: docs/runbook.md#y. Every gate: hotshift why back-1'],
      card: { state: outcome.toLowerCase(), question: null, next: 'See docs/runbook.md#y.', ...(refused === undefined ? {} : { refused }) },
    });
  });
});

describe('a drill', () => {
  const drill: Failover = { ...failover, execution: 'drill-1', incident: 'drill-drill-1', mode: 'drill' };
  const ended = (outcome: DrillOutcome, mode: DrillMode = 'traffic') =>
    drillMessage({ moment: 'drilled', failover: drill, settled: { mode, outcome, step: 'Hold drill', reason: 'because', seconds: 1900, heldSeconds: 1799.6, runbook: 'docs/runbook.md#z' } }, plan);
  test('at its begin nobody is woken, and everybody knows how to end it', () => {
    expect(drillMessage({ moment: 'drilling', failover: drill, reason: 'traffic' }, plan)).toEqual({
      application: 'shop', incident: 'drill-drill-1', key: 'drill-1/drilling', severity: 'info', title: 'Drill begins: shop: eu-west-1 -> eu-central-1',
      lines: ['Nothing is broken. Users are moved in steps and come back.', 'Bring them back at once: hotshift abort drill-1'], card: { state: 'drill', seen: 'nothing is broken' },
    });
  });
  test.each<[DrillOutcome, string]>([['Drill passed', 'info'], ['Drill stopped', 'warning'], ['Drill refused', 'warning'], ['Drill yielded', 'warning']])('%s', (outcome, severity) => {
    expect(ended(outcome)).toEqual({
      application: 'shop', incident: 'drill-drill-1', key: `drill-1/${outcome}`, severity, title: `${outcome}: shop: eu-west-1 -> eu-central-1`,
      lines: ['Hold drill: because', 'Took 1900 s; all users were in one region for 1800 s.', 'See docs/runbook.md#z. Every step: hotshift report drill-1'],
      card: { state: outcome.toLowerCase(), next: 'Nothing more.' },
    });
  });
  test('users that are not back wake somebody, who is told how to bring them back', () => {
    expect(ended('Handed to a human')).toEqual({
      application: 'shop', incident: 'drill-drill-1', key: 'drill-1/Handed to a human', severity: 'page', title: 'Drill handed to a human: shop: eu-west-1 -> eu-central-1',
      lines: ['Hold drill: because', 'Took 1900 s; all users were in one region for 1800 s.', 'Users or capacity may not be back. When you have looked: hotshift drill shop --return', 'See docs/runbook.md#z. Every step: hotshift report drill-1'],
      card: { state: 'handed to a human', next: 'See docs/runbook.md#z.' },
    });
  });
  test('a switchover says where the writer is now; half-way it is a failback that goes on, not a return', () => {
    expect(ended('Drill passed', 'switchover').lines).toEqual(['Hold drill: because', 'Took 1900 s.', 'The writer stays in eu-central-1; the next switchover is the way back.', 'See docs/runbook.md#z. Every step: hotshift report drill-1']);
    expect(ended('Drill refused', 'switchover').lines).toEqual(['Hold drill: because', 'Took 1900 s.', 'See docs/runbook.md#z. Every step: hotshift report drill-1']);
    expect(ended('Handed to a human', 'switchover').lines[2]).toBe('The writer or the users may be half-way. When you have looked: hotshift failback shop --plan');
    expect(ended('Handed to a human', 'switchover').lines).toHaveLength(4);
  });
});
