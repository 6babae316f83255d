// Strangers' functions: each ends in a result with words, none in an exception, and only what is required may say no.
import { describe, expect, test } from '@jest/globals';
import { HOOK_POINTS, hooksAt, type HookPlan } from '../../../domain/hooks.ts';
import { answered, called, silent } from '../../../functions/call/answer.ts';
import { call } from '../../../functions/call/call.ts';
import { failover, Memory, plan, survivor } from '../ports.ts';

const hook = (name: string, more: Partial<HookPlan> = {}): HookPlan => ({ name, point: 'before-fence', functionArns: { [survivor]: `arn:aws:lambda:${survivor}:111122223333:function:${name}` }, timeoutSeconds: 5, required: false, ...more });

describe('an answer', () => {
  test.each<[string, unknown, boolean, RegExp]>([
    ['yes', { ok: true }, true, /did it/],
    ['yes and more', { ok: true, took: 3 }, true, /did it/],
    ['no', { ok: false, reason: 'the queue is full' }, false, /said no: the queue is full/],
    ['no without words', { ok: false }, false, /without a reason/],
    ['nothing', null, false, /neither/],
    ['undefined', undefined, false, /neither/],
    ['a truth that is none', { ok: 'true' }, false, /neither/],
    ['another form', [1, 2], false, /neither.*\[1,2\]/],
    ['lines that would forge a page', { ok: false, reason: 'a\nFailed over: all is well\u0007' }, false, /^said no: a Failed over: all is well $/],
  ])('%s', (_, answer, ok, reason) => expect(answered(hook('h'), answer)).toMatchObject({ ok, reason: expect.stringMatching(reason) }));
  test('is cut where it would flood a page', () => expect(answered(hook('h'), { ok: false, reason: 'x'.repeat(9000) }).reason).toHaveLength(200));
  test('passes unless one that is required failed', () => {
    const failed = silent(hook('a'), new Error('gone'));
    expect(called([failed, answered(hook('b', { required: true }), { ok: true })])).toEqual({ passed: true, reason: 'hook a gone' });
    expect(called([failed, silent(hook('b', { required: true }), 'odd')])).toEqual({ passed: false, reason: 'hook a gone; hook b (required) odd' });
    expect(called([])).toEqual({ passed: true, reason: '' });
  });
});

describe('the step', () => {
  const two = { ...plan, hooks: [hook('one'), hook('two', { required: true }), hook('later', { point: 'after-shift' })] };
  const input = { failover, epoch: 1, point: 'before-fence' as const };

  test('calls those of the point, in the survivor, with what they need', async () => {
    const memory = new Memory(two).held(1);
    const events: unknown[] = [];
    memory.hook = (event) => { events.push(event); return { ok: true }; };
    expect(await call(memory.ports(), two)(input)).toEqual({ passed: true, reason: '' });
    expect(events).toMatchObject([{ hook: 'one', point: 'before-fence', survivor, evacuated: failover.evacuated, epoch: 1, execution: failover.execution }, { hook: 'two' }]);
  });
  test('one that throws, and one that has no function there, stop nothing unless required', async () => {
    const memory = new Memory(two).held(1);
    memory.hook = ({ hook: name }) => { if (name === 'one') throw new Error('boom'); return { ok: true }; };
    expect(await call(memory.ports(), two)(input)).toEqual({ passed: true, reason: 'hook one boom' });
    expect(memory.journal.at(-1)).toMatchObject({ step: 'Call hooks', kind: 'page' });
    const nowhere = { ...plan, hooks: [hook('one', { functionArns: {}, required: true })] };
    expect(await call(new Memory(nowhere).held(1).ports(), nowhere)(input)).toMatchObject({ passed: false, reason: expect.stringContaining('has no function') });
  });
  test('repeated, it does not call them again', async () => {
    const memory = new Memory(two).held(1);
    let calls = 0;
    memory.hook = () => { calls += 1; return { ok: false, reason: 'no' }; };
    const first = await call(memory.ports(), two)(input);
    expect(await call(memory.ports(), two)(input)).toEqual(first);
    expect(calls).toBe(2);
  });
  test('without the lease nobody is called', async () => {
    const memory = new Memory(two).held(2, 'run-2');
    memory.hook = () => { throw new Error('was called'); };
    await expect(call(memory.ports(), two)(input)).rejects.toThrow(/epoch/);
    expect(memory.journal).toEqual([]);
  });
  test('a workflow knows the points that have hooks', () => {
    expect(hooksAt(two.hooks)).toEqual([{ point: 'before-fence', required: true }, { point: 'after-shift', required: false }]);
    expect(hooksAt()).toEqual([]);
    expect(HOOK_POINTS).toHaveLength(5);
  });
});
