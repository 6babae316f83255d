// Records: whatever byte of one is changed, it is seen; what failed or was stopped never counts as an achieved RTO.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evidenceOf, evidenceText, problemsOf, slowerThan } from '../../../functions/archive/evidence.ts';
import { lookedAt } from '../../../functions/archive/page-plots.ts';
import { reportHtml, type PageParts } from '../../../functions/archive/page.ts';
import { timeline } from '../../../functions/archive/timeline.ts';
import { VERSION } from '../../../domain/version.ts';
import type { JournalEntry } from '../../../domain/journal.ts';
import { home, plan, seen, start, survivor, witness } from '../ports.ts';

const line = (at: number, step: string, kind: JournalEntry['kind'], more: Partial<JournalEntry> = {}): JournalEntry =>
  ({ execution: 'run-1', application: plan.application, at: start + at, step, kind, summary: step, ...more });
const passed = [{ gate: 'quorum', passed: true, value: '2', threshold: '2' }];
const journal = (outcome: string): readonly JournalEntry[] => [
  line(0, 'Verify outage', 'gate', { gates: passed, evidence: [seen(witness, home, 'down', { failingSince: start - 9000 }), seen(survivor, home, 'down', { failingSince: start - 8000 })] }),
  line(100, 'Operator', 'decision', { summary: 'approved by ana' }),
  line(5000, 'Confirm service', 'gate', { gates: passed, evidence: [seen(witness, survivor, 'up', { at: start + 4000 }), seen(survivor, survivor, 'up', { at: start + 5000 })] }),
  line(6000, 'Conclude', 'result', { summary: outcome, evidence: { outcome, reason: 'seen', seconds: 6, configSha256: 'abc', version: '0.1.0', requestedBy: 'ana', runbook: 'r' } }),
];
const recordOf = (outcome = 'Failed over') => evidenceOf(journal(outcome), undefined)!;

test('says who asked and approved, by which package, and the RTO of each vantage point', () => {
  expect(recordOf()).toMatchObject({
    kind: 'failover', counts: true, achievedRtoSeconds: 13, requestedBy: 'ana', approvals: ['approved by ana'], configSha256: 'abc', version: '0.1.0', previous: '',
    vantagePoints: [{ vantagePoint: witness, seconds: 13 }, { vantagePoint: survivor, seconds: 13 }],
  });
});

test.each(['Handed to a human', 'Stood down', 'Drill stopped', 'Drill yielded', 'Drill refused'])('%s counts for nothing', (outcome) => {
  const found = recordOf(outcome);
  expect([found.counts, found.achievedRtoSeconds]).toEqual([false, undefined]);
});

test('the version of records is the package\'s', () => expect(VERSION).toBe((JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }).version));

test('what has not ended has no record', () => expect(evidenceOf(journal('Failed over').slice(0, 3), undefined)).toBeUndefined());

describe('a change is seen', () => {
  const text = evidenceText(recordOf());
  test('as it was written, nothing is wrong', () => expect(problemsOf(text)).toEqual([]));

  test('any one byte, anywhere', () => {
    fc.assert(fc.property(fc.nat(text.length - 1), fc.integer({ min: 32, max: 126 }), (at, code) => {
      const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
      expect(problemsOf(changed).length > 0).toBe(changed !== text);
    }), { numRuns: 500 });
  });

  test('every single byte, raised by one', () => {
    const unseen = [...text].flatMap((character, at) => (problemsOf(text.slice(0, at) + String.fromCharCode(character.charCodeAt(0) ^ 1) + text.slice(at + 1)).length > 0 ? [] : [at]));
    expect(unseen).toEqual([]);
  });

  test('an entry that is left out, added or moved', () => {
    const found = recordOf();
    const [first, second, ...rest] = found.entries;
    for (const entries of [found.entries.slice(1), [...found.entries, first!], [second!, first!, ...rest]]) expect(problemsOf(evidenceText({ ...found, entries }))).not.toEqual([]);
  });

  test('a record before that was made anew does not fit any more', () => {
    const [before, other] = [recordOf(), recordOf('Stood down')];
    expect(evidenceOf(journal('Failed over'), before)!.previous).toBe(before.seal);
    expect(other.seal).not.toBe(before.seal);
  });
});

test('slower than last time: by more than a fifth and a second', () => {
  const before = [{ step: 'a', seconds: 10 }, { step: 'b', seconds: 0.2 }, { step: 'c', seconds: 10 }];
  expect(slowerThan([{ step: 'a', seconds: 13 }, { step: 'b', seconds: 1 }, { step: 'c', seconds: 11 }, { step: 'd', seconds: 99 }], before)).toEqual([{ step: 'a', seconds: 13, before: 10 }]);
});

describe('the page', () => {
  const page = (outcome = 'Failed over', more: PageParts = {}) => {
    const entries = journal(outcome);
    return reportHtml(timeline(entries)!, { entries, evidence: evidenceOf(entries, undefined), ...more });
  };
  test('plots each look that a decision was made on, once, by who looked at what', () => {
    expect(lookedAt([...journal('Failed over'), ...journal('Failed over')])).toHaveLength(4);
    expect(lookedAt([line(0, 'x', 'gate', { evidence: [{ at: 'soon' }, null, { at: 1, vantagePoint: 'v', target: 't', result: 'up' }] })])).toEqual([]);
    const html = page();
    expect(html.match(/<svg /g)).toHaveLength(2);
    expect(html.match(/<path d="M[^"]*" class="bad">/g)).toHaveLength(2);
    expect(html.match(/class="good"><title>eu-central-1 up from/g)).toHaveLength(2);
    expect(html).not.toMatch(/NaN|Infinity|undefined|<script|https?:\/\//);
  });
  test('what a name brings along is text', () => {
    const entries = [line(0, 'Verify outage', 'gate', { evidence: [seen('<script>' as never, home, 'down')] }), ...journal('Failed over').slice(1)];
    expect(reportHtml(timeline(entries)!, { entries })).not.toContain('<script>');
  });
  test('says the RTO of each vantage point, who agreed, and by which package', () => {
    for (const text of ['Achieved RTO: <strong>13', `<th scope="row">${witness}</th>`, 'approved by ana', '<code>abc</code>', '0.1.0', recordOf().seal]) expect(page()).toContain(text);
    expect(page('Drill passed')).toContain('No RTO was achieved');
  });
  test('says what was slower, and what is to be followed up; nothing where there is neither', () => {
    const html = page('Failed over', { slower: [{ step: 'Promote replica', before: 10, seconds: 20 }], followUps: [['an alarm rang', 'nobody', '2026-12-22', 'open']] });
    for (const text of ['Slower than last time', 'To be followed up', 'an alarm rang']) expect(html).toContain(text);
    expect(page()).not.toMatch(/Slower than last time|To be followed up/);
  });
});
