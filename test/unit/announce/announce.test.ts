// What people are told, how often, and that a messenger that is down stops nothing.
import { describe, expect, test } from '@jest/globals';
import { TryAgainError } from '../../../domain/errors.ts';
import type { Outcome } from '../../../domain/journal.ts';
import { announce } from '../../../functions/announce/announce.ts';
import { message, type AnnounceInput } from '../../../functions/announce/message.ts';
import { failover, Memory, plan, start } from '../ports.ts';

const ended = (outcome: Outcome, step = 'Verify outage', who = failover): AnnounceInput => ({ moment: 'concluded', failover: who, conclusion: { outcome, step, reason: 'because', seconds: 12, runbook: 'docs/runbook.md#x', lossWindow: { from: start - 5000, to: start, seconds: 5 } } });
const later = { ...failover, execution: 'run-2' };

describe('message', () => {
  test.each<[Outcome, string, 'page' | 'warning']>([
    ['Failed over', 'Confirm service', 'page'], ['Handed to a human', 'Fence writer', 'page'],
    ['Stood down', 'Verify outage', 'warning'], ['Stood down', 'Claim lease', 'page'],
  ])('%s at %s is a %s', (outcome, step, severity) => {
    expect(message(ended(outcome, step), plan).severity).toBe(severity);
  });

  test('says what may be lost, how long it took, what to do and what waits for a person', () => {
    const { title, lines } = message(ended('Failed over'), plan);
    expect(title).toBe('Failed over: shop: eu-west-1 -> eu-central-1');
    expect(lines).toEqual(['because', expect.stringMatching(/^Writes acknowledged between .*\(5 s\) may be lost/), 'Took 12 s; the RTO is 300 s.', expect.stringContaining('hotshift why run-1'), expect.stringContaining('hotshift ack')]);
  });

  test('nothing waits for a person after standing down', () => {
    expect(message(ended('Stood down'), plan).lines.join()).not.toContain('hotshift ack');
  });

  const keyOf = (input: AnnounceInput) => message(input, plan).key;
  test('verification that stands down again and again is told once; that nobody may act is told even so', () => {
    expect(keyOf(ended('Stood down'))).toBe(keyOf(ended('Stood down', 'Verify outage', later)));
    expect(keyOf(ended('Stood down', 'Claim lease', later))).not.toBe(keyOf(ended('Stood down')));
  });

  test('what acted is told for each execution, and two incidents are two', () => {
    expect(keyOf(ended('Failed over'))).not.toBe(keyOf(ended('Failed over', 'Confirm service', later)));
    expect(keyOf(ended('Stood down'))).not.toBe(keyOf(ended('Stood down', 'Verify outage', { ...failover, incident: 'incident-2' })));
  });
});

describe('announce', () => {
  test('once', async () => {
    const memory = new Memory();
    expect(await announce(memory.ports(), plan)(ended('Stood down'))).toMatchObject({ announced: true });
    expect(await announce(memory.ports(), plan)(ended('Stood down', 'Verify outage', later))).toEqual({ announced: false, detail: 'said before' });
    expect(memory.told).toHaveLength(1);
  });

  test('a messenger that is down is journaled, reported, and asked again next time', async () => {
    const memory = new Memory();
    const down = { ...memory.ports(), messenger: { send: async () => Promise.reject(new TryAgainError('no route')) } };
    expect(await announce(down, plan)(ended('Failed over'))).toMatchObject({ announced: false, detail: expect.stringContaining('no route') });
    expect(memory.journal[0]!.summary).toMatch(/^nobody was told "Failed over/);
    expect(await announce(memory.ports(), plan)(ended('Failed over'))).toMatchObject({ announced: true });
  });
});
