// The messages in full: a person who is woken by one must know what happens, what may be lost and what to do, without looking elsewhere.
import { describe, expect, test } from '@jest/globals';
import { WAS_LEFT } from '../../../domain/lease.ts';
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
