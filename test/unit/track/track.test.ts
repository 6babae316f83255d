// What a drill has found becomes one issue, whatever fails in between; what a person has closed, and another execution's, become none.
import { expect, test } from '@jest/globals';
import { TryAgainError } from '../../../domain/errors.ts';
import type { FollowUp } from '../../../domain/follow-ups.ts';
import type { ApplicationPlan } from '../../../domain/plan.ts';
import type { IssueText, TrackerPlan } from '../../../domain/tracker.ts';
import { issueOf, markOf } from '../../../functions/track/issue.ts';
import { track } from '../../../functions/track/track.ts';
import { plan, start } from '../ports.ts';

const tracker: TrackerPlan = { kind: 'github', url: 'https://api.github.com/repos/acme/shop/issues', tokenSecretId: 'hotshift/github' };
const tracked: ApplicationPlan = { ...plan, notifications: { ...plan.notifications, followUps: tracker } };
const found = (id: string, more: Partial<FollowUp> = {}): FollowUp => ({ application: plan.application, id, execution: 'drill-1', what: 'Drill stopped at "Hold drill": an alarm rang', foundAt: start, dueAt: start + 28 * 86_400_000, version: 1, ...more });

function world(followUps: FollowUp[]) {
  const made: IssueText[] = [];
  const state = { followUps, made, changed: false, failing: undefined as Error | undefined };
  const run = track({
    clock: { now: () => start },
    journal: { list: async (execution) => (execution === 'drill-1' ? [{ execution, application: plan.application, at: start, step: 'Settle drill', kind: 'result', summary: '' }] : []) },
    followUps: {
      list: async () => state.followUps,
      replace: async (before, after) => {
        if (state.changed) return false;
        state.followUps = state.followUps.map((one) => (one.id === before.id ? { ...after, version: before.version + 1 } : one));
        return true;
      },
    },
    tracker: {
      find: async (_plan, mark) => (made.some((one) => one.mark === mark) ? `https://tracker/${mark}` : undefined),
      create: async (_plan, issue) => {
        if (state.failing !== undefined) throw state.failing;
        made.push(issue);
        return `https://tracker/${issue.mark}`;
      },
    },
  }, () => tracked);
  return { state, run };
}

test('each thing that is open becomes an issue, which the list names from then on; repeated, none is made', async () => {
  const { state, run } = world([found('a'), found('b', { closed: { at: start, by: 'ana', how: 'done' } }), found('c', { execution: 'drill-0' })]);
  const reference = `https://tracker/${markOf(found('a'))}`;
  expect(await run({ name: 'drill-1' })).toEqual({ execution: 'drill-1', issues: [reference], reason: '1 to be followed up' });
  expect(state.followUps.map(({ issue, version }) => [issue?.reference, version])).toEqual([[reference, 2], [undefined, 1], [undefined, 1]]);
  expect(await run({ name: 'drill-1' })).toMatchObject({ issues: [] });
  expect(state.made).toHaveLength(1);
});

test('an answer that was lost, or a list that somebody changed meanwhile, makes no second issue', async () => {
  const { state, run } = world([found('a')]);
  state.changed = true;
  await expect(run({ name: 'drill-1' })).rejects.toBeInstanceOf(TryAgainError);
  state.changed = false;
  await run({ name: 'drill-1' });
  expect([state.made.length, state.followUps[0]!.issue?.reference]).toEqual([1, `https://tracker/${state.made[0]!.mark}`]);
});

test('what the tracker does not take is an error and leaves the list as it was', async () => {
  const { state, run } = world([found('a')]);
  state.failing = new TryAgainError('GitHub: status 502');
  await expect(run({ name: 'drill-1' })).rejects.toThrow('502');
  expect(state.followUps).toEqual([found('a')]);
});

test('without a tracker, or without a journal, nothing is asked', async () => {
  const { run } = world([found('a')]);
  expect(await run({ name: 'of-nobody' })).toMatchObject({ issues: [], reason: 'it journaled nothing' });
});

test('an issue says what, where and until when, on one line of a title that both products take', () => {
  const issue = issueOf(found('a', { what: `line one\nline two ${'x'.repeat(400)}` }));
  expect(issue.title).toHaveLength(250);
  expect(issue.title).not.toMatch(/\n/);
  expect(issue.lines.join('\n')).toMatch(/hotshift report drill-1[\s\S]*hotshift follow-ups \S+ --close a --how/);
  expect(issue.mark).toMatch(/^hotshift-[0-9a-f]{16}$/);
  expect(markOf({ application: 'a', id: 'b\nc' })).not.toBe(markOf({ application: 'a', id: 'b' }));
});
