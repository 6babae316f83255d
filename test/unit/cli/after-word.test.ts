// What people are told to do after a pause, a resume, an acknowledgement and an abort: what was stopped never goes on by itself.
import { describe, expect, test } from '@jest/globals';
import { afterWord } from '../../../cli/after-word.ts';
import type { Lease } from '../../../domain/lease.ts';
import { calm, hotshift, now, outage, region } from './memory.ts';

const lease: Lease = { application: 'shop', epoch: 8, expiresAt: now, acknowledgementDue: false };
const stopped: Lease = { ...lease, evacuated: 'eu-west-1', acknowledgementDue: true, cooldownUntil: now + 60_000 };
const said = (...given: Parameters<typeof afterWord>): string => afterWord(...given).join('\n');

describe('after a word', () => {
  test('a pause that meets an execution says where to see it stop, and that it does not go on by itself', () => {
    const text = said('pause', { ...lease, holder: 'shop-running', evacuated: 'eu-west-1', expiresAt: now + 9000, pausedUntil: now + 9000 }, 'shop-running', now);
    expect(text).toMatch(/hotshift why shop-running[\s\S]*hotshift resume shop\. What was stopped does not go on by itself; start anew: hotshift failover shop --evacuate eu-west-1/);
  });
  test('a pause that meets none says so', () => expect(said('pause', { ...lease, pausedUntil: now + 9000 }, undefined, now)).toMatch(/^Nothing is at work[\s\S]*End it sooner: hotshift resume shop\.$/));
  test('an abort stops one execution, not the next one', () => expect(said('abort', lease, 'shop-running', now)).toMatch(/next suspicion may start another[\s\S]*hotshift pause shop/));
  test('a resume after a stopped failover names both ways, forward and back', () => expect(said('resume', stopped, undefined, now)).toMatch(/hotshift status shop[\s\S]*hotshift failover shop --evacuate eu-west-1[\s\S]*hotshift reinstate shop/));
  test('a resume on a good day has nothing more to do', () => expect(afterWord('resume', lease, undefined, now)).toEqual([]));
  test('a resume while an execution is at work has nothing more to do', () => expect(afterWord('resume', { ...stopped, holder: 'x', expiresAt: now + 9000 }, 'x', now)).toEqual([]));
  test('an acknowledgement leaves the cooldown and a pause, and says how not to wait', () => {
    const text = said('ack', { ...stopped, acknowledgementDue: false, pausedUntil: now + 9000 }, undefined, now);
    expect(text).toMatch(/still paused: hotshift resume shop[\s\S]*cooldown goes on by itself; a person need not wait for it: hotshift failover shop/);
  });
});

describe('the commands print it', () => {
  test('pause', async () => {
    const { out } = await hotshift(['pause', '--for', '2h', '--reason', 'r', ...region], { stored: outage() });
    expect(out).toMatch(/What to do next\n {2}1\. In a few seconds, see at which step it stopped and what holds now: hotshift why shop-running/);
  });
  test('as JSON', async () => {
    const { out } = await hotshift(['pause', '--for', '2h', '--reason', 'r', '--json', ...region]);
    expect((JSON.parse(out) as { readonly next: readonly string[] }).next[0]).toMatch(/^Nothing is at work/);
  });
  test('status cries when permits are withdrawn and nobody is at work', async () => {
    const { holder: _holder, ...free } = outage().lease;
    const { out } = await hotshift(['status', 'shop', ...region], { stored: { ...outage(), lease: { ...free, expiresAt: now } } });
    expect(out).toMatch(/orders: NOBODY CAN WRITE: shop-running withdrew its permits and is not at work any more \(hotshift why shop-running\)\. Go on: hotshift failover shop --evacuate eu-west-1/);
  });
  test('status does not while the execution is at work, nor on a good day', async () => {
    for (const stored of [outage(), calm()]) expect((await hotshift(['status', 'shop', ...region], { stored })).out).not.toContain('NOBODY CAN WRITE');
  });
});
