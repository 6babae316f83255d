// The timeline of an execution: rebuilt from the journal alone, in any order, complete or not.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JournalEntry } from '../../../domain/journal.ts';
import { nextSteps } from '../../../functions/archive/next-steps.ts';
import { timeline } from '../../../functions/archive/timeline.ts';
import { whyGates } from '../../../functions/archive/gates.ts';
import { failedOver, handedOver, running, startAt, stoodDown } from './journals.ts';

const of = (entries: readonly JournalEntry[]) => timeline(entries)!;
const entry = (offset: number, kind: JournalEntry['kind'], summary: string, more: Partial<JournalEntry> = {}): JournalEntry =>
  ({ execution: 'x', application: 'shop', at: startAt + offset, step: 'Promote replica', kind, summary, ...more });

test('nothing is journaled: there is no timeline', () => {
  expect(timeline([])).toBeUndefined();
});

test('a whole failover: outcome, figures, steps in order, epoch', () => {
  const found = of(failedOver);
  expect(found).toMatchObject({
    application: 'shop', outcome: 'Failed over', epoch: 8, workflowSeconds: 171.4, seconds: 169.4, remarks: [], runbook: 'docs/runbook.md#failed-over', lossWindow: { seconds: 18 },
  });
  expect(found.steps.map((step) => step.step)).toEqual([
    'Verify outage', 'Claim lease', 'Assess survivor', 'Scale survivor', 'Fence writer', 'Shift reads', 'Promote replica', 'Shift writes', 'Warm survivor', 'Confirm service', 'Conclude',
  ]);
  expect(found.steps.every((step) => step.state === 'passed')).toBe(true);
  expect(found.events).toHaveLength(failedOver.length);
});

test('the order in which entries are read, and repeats, change nothing', () => {
  fc.assert(fc.property(fc.shuffledSubarray([...failedOver], { minLength: failedOver.length }), fc.subarray([...failedOver]), (entries, again) => {
    expect(of([...entries, ...again])).toEqual(of(failedOver));
  }));
});

test('the step that stopped it is shown as stopped', () => {
  expect(of(handedOver).steps.find((step) => step.step === 'Assess survivor')?.state).toBe('stopped');
  expect(of(stoodDown).steps.find((step) => step.step === 'Claim lease')?.state).toBe('stopped');
});

test('a journal without an end says so, names the order that has no result, and invents no outcome', () => {
  const found = of(running);
  expect(found.outcome).toBeUndefined();
  expect(found.remarks).toEqual([expect.stringContaining('no outcome'), expect.stringContaining('Shift reads: an order'), expect.stringContaining('Promote replica: an order')]);
  expect(nextSteps(found).steps.join()).toContain('hotshift abort shop-running');
});

describe('a step on several databases is as good as its worst', () => {
  test.each<[string, readonly JournalEntry[], string]>([
    ['one refused, one done later', [entry(1, 'gate', 'orders: refused: RPO'), entry(2, 'intent', 'users: promote x'), entry(3, 'result', 'users: a write was committed')], 'stopped'],
    ['one without a result', [entry(1, 'intent', 'orders: promote x'), entry(2, 'intent', 'users: promote y'), entry(3, 'result', 'users: a write was committed')], 'open'],
    ['both done', [entry(1, 'intent', 'orders: promote x'), entry(2, 'result', 'users: done'), entry(3, 'result', 'orders: done')], 'passed'],
  ])('%s', (_, entries, state) => {
    expect(of(entries).steps[0]?.state).toBe(state);
  });
});

test('entries that contradict each other are pointed at', () => {
  const found = of([entry(1, 'result', 'a', { epoch: 7 }), entry(2, 'result', 'b', { epoch: 8, application: 'blog' })]);
  expect(found.remarks).toEqual(expect.arrayContaining([expect.stringContaining('several epochs (7, 8)'), expect.stringContaining('several applications (shop, blog)')]));
});

test('the evidence of a conclusion may be of any form', () => {
  fc.assert(fc.property(fc.anything(), (evidence) => {
    const found = of([entry(1, 'result', 'Stood down at "x": y', { step: 'Conclude', evidence })]);
    expect([found.outcome, typeof found.reason]).toEqual(['Stood down', 'string']);
  }));
});

describe('gates of why', () => {
  test('in order, with what passed only later marked', () => {
    const gates = whyGates(of(failedOver));
    expect(gates.slice(0, 3).map(({ step, gate, passed, passedLater }) => [step, gate, passed, passedLater])).toEqual([
      ['Verify outage', 'quorum', false, true], ['Verify outage', 'quorum', true, false], ['Claim lease', 'pause', true, false],
    ]);
  });

  test('the same answer again and again is one gate with a count; another value is another', () => {
    const asked = (at: number, value: string) => entry(at, 'gate', 's', { gates: [{ gate: 'quorum', passed: false, value, threshold: '2' }] });
    expect(whyGates(of([asked(1, '1'), asked(2, '1'), asked(3, '1'), asked(4, '0')])).map(({ value, times }) => [value, times])).toEqual([['1', 3], ['0', 1]]);
  });
});

describe('what to do next', () => {
  test.each([
    [failedOver, ['hotshift ack shop', 'Writes acknowledged in the 18 s'], 'docs/runbook.md#failed-over'],
    [stoodDown, ['Nothing was moved', 'hotshift ack shop'], 'docs/runbook.md#stood-down'],
    [handedOver, ['Assess survivor', 'hotshift status shop'], 'docs/runbook.md#handed-over-at-assess-survivor'],
  ])('%#', (entries, texts, runbook) => {
    const next = nextSteps(of(entries));
    for (const text of texts) expect(next.steps.join('\n')).toContain(text);
    expect(next.runbook).toBe(runbook);
  });

  test('a loss window without a beginning is unknown, not fifty years', () => {
    const end = { outcome: 'Failed over', reason: 'r', seconds: 1, lossWindow: { from: 0, to: startAt, seconds: startAt / 1000 } };
    expect(nextSteps(of([entry(1, 'result', 'Failed over', { step: 'Conclude', evidence: end })])).steps[0]).toMatch(/^An unknown amount/);
  });
});
