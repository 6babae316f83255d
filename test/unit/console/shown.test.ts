// What the page is told: the workflow out of the YAML, where an execution stands, what can be done when, and the sentence on top.
import { describe, expect, test } from '@jest/globals';
import { choices, OFFERED, type Situation } from '../../../console/choices.ts';
import { outline, type OutlineState } from '../../../console/outline.ts';
import { progress, type HistoryLine } from '../../../console/progress.ts';
import { outlines } from '../../../console/outlines.ts';
import { slackEntries } from '../../../console/slack-entries.ts';
import { story } from '../../../console/story.ts';

const states = (name: string): readonly OutlineState[] => outlines().find((one) => one.name === name)!.blocks.flatMap(({ lanes }) => lanes.flatMap((lane) => lane.states));

describe('the workflow', () => {
  test('has every step, question, wait and outcome of the YAML, once', () => {
    const names = states('failover').map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['Verify outage', 'Outage confirmed?', 'Wait for fence', 'Promote replica', 'Shift reads', 'Scale survivor', 'Confirm service', 'Failed over', 'Stood down', 'Handed to a human']));
    expect(names).not.toContain('Name database');
    expect(states('drill').length).toBeGreaterThan(20);
    expect(states('failback').length).toBeGreaterThan(20);
  });
  test('branches lie beside each other, within their state', () => {
    const beside = outlines()[0]!.blocks.find((block) => block.beside === 'Fail over');
    expect(beside?.lanes.map(({ title }) => title)).toEqual(['Move each database', 'Shift reads', 'Scale survivor', 'Announce failover']);
  });
  test('kinds by their type', () => {
    const machine = { States: { 'Do it': { Type: 'Task' }, 'Done?': { Type: 'Choice' }, 'Wait': { Type: 'Wait' }, 'Quiet': { Type: 'Pass' }, 'Over': { Type: 'Fail' } } };
    expect(outline('x', machine).blocks[0]?.lanes[0]?.states.map(({ name, kind }) => [name, kind])).toEqual([['Do it', 'step'], ['Done?', 'question'], ['Wait', 'wait'], ['Over', 'end']]);
  });
});

describe('where an execution stands', () => {
  const entered = (name: string, at: number): HistoryLine => ({ type: 'TaskStateEntered', timestamp: new Date(at), stateEnteredEventDetails: { name } });
  const exited = (name: string, at: number): HistoryLine => ({ type: 'TaskStateExited', timestamp: new Date(at), stateExitedEventDetails: { name } });
  test('running, done, entered twice', () => {
    const found = progress([entered('A', 1000), exited('A', 1500), entered('B', 1500), exited('B', 1600), entered('A', 1600)]);
    expect(found).toMatchObject({ startedAt: 1000, endedAt: null, status: null, states: { A: { entered: 2, since: 1600, tookMs: 500 }, B: { entered: 1, since: null, tookMs: 100 } } });
  });
  test('two at a time under one name, as a Map has them', () => {
    expect(progress([entered('A', 0), entered('A', 10), exited('A', 30)]).states['A']).toEqual({ entered: 2, since: 10, tookMs: 30 });
  });
  test('an end ends what was left without an exit', () => {
    const found = progress([entered('A', 1000), { type: 'ExecutionFailed', timestamp: new Date(4000) }]);
    expect(found).toMatchObject({ endedAt: 4000, status: 'FAILED', states: { A: { since: null, tookMs: 3000 } } });
  });
  test('nothing yet', () => expect(progress([])).toEqual({ states: {}, startedAt: null, endedAt: null, status: null }));
});

describe('what can be done', () => {
  const calm: Situation = { phase: 'steady', fault: null, returned: false, closing: false, running: null, failedOver: false, failedBack: false, paused: false, acknowledgementDue: false, hasSwitch: false, busy: null };
  const open = (now: Partial<Situation>): readonly string[] => choices({ ...calm, ...now }).filter(({ blocked }) => blocked === '').map(({ id }) => id);
  test('in peace: every fault that this twin can have, a drill, a pause', () => {
    expect(open({})).toEqual([...OFFERED.filter((fault) => fault !== 'route-53-down').map((fault) => `fault:${fault}`), 'drill', 'failover', 'pause', 'report', 'restart']);
    expect(open({ hasSwitch: true })).toContain('fault:route-53-down');
  });
  test('every fault has a button, each thing the same one at all times', () => {
    const ids = choices(calm).map(({ id }) => id);
    expect(choices({ ...calm, phase: 'starting' }).map(({ id }) => id)).toEqual(ids);
    expect(OFFERED).toHaveLength(13);
  });
  test('while a workflow runs nothing else begins, but it can be paused', () => expect(open({ phase: 'broken', fault: 'region-crash', running: 'failover' })).toEqual(['pause', 'restart']));
  test('after a failover: bring it back, acknowledge; the failback waits for the return', () => {
    const after = { phase: 'settled', fault: 'region-crash', failedOver: true, acknowledgementDue: true } as const;
    expect(open(after)).toEqual(['failover', 'pause', 'return', 'ack', 'report', 'restart'].filter((id) => id !== 'failover'));
    expect(open({ ...after, returned: true })).not.toContain('failback');
    expect(open({ ...after, returned: true, acknowledgementDue: false })).toContain('failback');
  });
  test('what never went away cannot come back; a region that has just come back is not reported before it has closed its database', () => {
    expect(open({ phase: 'settled', fault: 'partition' })).not.toContain('return');
    const back = { phase: 'settled', fault: 'region-crash', failedOver: true, returned: true } as const;
    expect(open({ ...back, closing: true })).not.toContain('report');
    expect(open(back)).toContain('report');
  });
  test('when the run has ended only a fresh twin is left', () => expect(open({ phase: 'reported' })).toEqual(['restart']));
  test('nothing while it starts or reads', () => {
    expect(open({ phase: 'starting' })).toEqual([]);
    expect(open({ phase: 'reading' })).toEqual([]);
  });
});

describe('the sentence on top', () => {
  const base = { phase: 'steady', detail: '', fault: null, workflow: null, outcome: null, approvalWaits: false, busy: null } as const;
  test.each([
    [{}, 'Both regions serve'], [{ phase: 'broken', fault: 'region-crash' }, 'Region dies'], [{ phase: 'settled', fault: 'region-crash', outcome: 'Failed over' }, 'Failed over'],
    [{ phase: 'reported', outcome: 'Failed over' }, 'Failed over. Here is the report'], [{ approvalWaits: true }, 'Two people must agree'], [{ phase: 'failed', detail: 'no port' }, 'The twin could not start'],
  ] as const)('%j', (now, headline) => expect(story({ ...base, ...now }).headline).toBe(headline));
  test('says what the running state is for', () => {
    const workflow = { machine: 'failover', endedAt: null, states: { 'Verify outage': { entered: 1, since: null, tookMs: 5 }, 'Fence writer': { entered: 1, since: 9, tookMs: 0 } } };
    expect(story({ ...base, phase: 'broken', fault: 'region-crash', workflow })).toEqual({ headline: 'Hotshift acts', detail: expect.stringContaining('old writer') });
  });
});

test('Slack as its people see it', () => {
  const blocks = [{ type: 'actions', elements: [{ type: 'button', action_id: 'hotshift_approve', value: '{}', text: { type: 'plain_text', text: 'Approve' } }, { type: 'button', action_id: 'hotshift_other', value: '', text: {} }] }];
  expect(slackEntries([{ at: 1, ts: '1.000001', channel: 'C', text: '*shop*: a -&gt; b', blocks, updates: 2, threadTs: '0.1' }])).toEqual([
    { ts: '1.000001', at: 1, text: 'shop: a -> b', reply: true, updates: 2, buttons: [{ id: 'hotshift_approve', person: 'ana', label: 'Approve' }, { id: 'hotshift_approve', person: 'ben', label: 'Approve' }] },
  ]);
});
