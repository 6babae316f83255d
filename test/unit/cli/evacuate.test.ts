// What a person sees of an evacuation before it begins, what is asked, and what is then started.
import { expect, test } from '@jest/globals';
import { hotshift, now, outage } from './memory.ts';

const plan = ['evacuate', '--region', 'eu-west-1', '--plan'];

test('--plan says who goes when, and starts nothing', async () => {
  const stored = { ...outage(), lease: { application: 'shop', epoch: 7, expiresAt: 0, acknowledgementDue: false } };
  const { code, out, stored: after, targets } = await hotshift(plan, { stored });
  expect(code).toBe(0);
  expect(out).toMatch(/Out of eu-west-1: 1 to move, 0 to leave as they are\n {2}shop {2}in 0 s/);
  expect(after.started).toEqual([]);
  // Reached from where it would run, not from the region that is gone.
  expect(targets.map(({ region }) => region)).toEqual(['eu-central-1']);
});

test('--plan names who stays, and why', async () => {
  const stored = { ...outage(), lease: { application: 'shop', epoch: 7, expiresAt: 0, acknowledgementDue: false, pausedUntil: now + 60_000, pausedBy: 'ben' } };
  const { out } = await hotshift(plan, { stored });
  expect(out).toMatch(/0 to move, 1 to leave as they are\n {2}shop {2}stays: paused until .* by ben/);
  expect(JSON.parse((await hotshift([...plan, '--json'], { stored })).out)).toMatchObject({ turns: [], left: [{ application: 'shop', well: false }], reservedShare: 0.2 });
});

test('starts one workflow in the survivor, with who and why', async () => {
  const stored = outage();
  const { code, out } = await hotshift(['evacuate', '--region', 'eu-west-1', '--reason', 'it is gone', '--yes', '--by', 'ana'], { stored });
  expect(code).toBe(0);
  expect(stored.started).toMatchObject([{ region: 'eu-central-1', name: expect.stringMatching(/^out-of-eu-west-1-\d{8}T\d{6}Z$/), input: { region: 'eu-west-1', requestedBy: 'ana', reason: 'it is gone' } }]);
  expect(stored.started[0]!.arn).toBe('arn:aws:states:eu-central-1:111122223333:stateMachine:hotshift-evacuate');
  expect(out).toContain('hotshift why <application>-out-of-eu-west-1-');
});

test.each<[string, readonly string[], RegExp]>([
  ['a region in which nothing runs', ['--region', 'us-east-1', '--plan'], /no application of the configuration runs in "us-east-1"/],
  ['no reason', ['--region', 'eu-west-1', '--yes'], /--reason is missing/],
  ['nobody to ask', ['--region', 'eu-west-1', '--reason', 'x'], /nobody can be asked|nothing was started/],
  ['a place that cannot run it', ['--region', 'eu-west-1', '--plan', '--run-in', 'eu-west-1'], /neither the survivor nor the witness of shop/],
])('refuses %s', async (_, line, message) => {
  const { code, remarks, stored } = await hotshift(['evacuate', ...line], { stored: outage() });
  expect({ code, remarks }).toMatchObject({ code: 2, remarks: expect.stringMatching(message) });
  expect(stored.started).toEqual([]);
});
