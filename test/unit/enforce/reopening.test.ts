// What is put back when an order to fence was lifted: everything that was revoked, once, and nothing that was not.
import { describe, expect, test } from '@jest/globals';
import type { FenceIntent, FenceProof, NetworkRule } from '../../../domain/lease.ts';
import { reopening, settled, together } from '../../../functions/enforce/locking.ts';
import { home, start } from '../ports.ts';

const rule: NetworkRule = { protocol: 'tcp', fromPort: 5432, toPort: 5432, peer: { kind: 'ipv4', value: '10.0.0.0/8' } };
const other: NetworkRule = { ...rule, peer: { kind: 'group', value: 'sg-1' } };
const order: FenceIntent = { application: 'shop', database: 'orders', region: home, epoch: 3, recordedAt: start, execution: 'run-1' };
const proof: FenceProof = { at: start, networkClosed: true, sessionsEnded: 0, detail: 'closed' };
const lifted = { ...order, liftedAt: start + 1 };

describe('to put back', () => {
  test.each<[string, FenceIntent | undefined, readonly NetworkRule[] | undefined]>([
    ['nothing without an order', undefined, undefined],
    ['nothing while the order stands', { ...order, enforced: { ...proof, rules: [rule] } }, undefined],
    ['nothing of an order that was never carried out', lifted, undefined],
    ['what this order had revoked', { ...lifted, enforced: { ...proof, rules: [rule] } }, [rule]],
    ['what an earlier order had revoked, when this one was not carried out', { ...lifted, rules: [other] }, [other]],
    ['what this order had revoked, which includes the earlier one', { ...lifted, rules: [other], enforced: { ...proof, rules: [rule, other] } }, [rule, other]],
    ['no rules but the sessions, when none had been revoked', { ...lifted, enforced: proof }, []],
    ['nothing twice', { ...lifted, enforced: { ...proof, rules: [rule], reopened: true } }, undefined],
  ])('%s', (_, given, rules) => {
    expect(reopening(given)).toEqual(rules);
  });
});

describe('what was revoked at any time', () => {
  test('is kept once, in the order in which it was revoked', () => {
    expect(together([rule], [other, rule])).toEqual([rule, other]);
    expect(together([], [rule])).toEqual([rule]);
    expect(together([rule], [])).toEqual([rule]);
  });

  test.each<[string, Partial<NetworkRule>]>([
    ['another protocol', { protocol: 'udp' }], ['another first port', { fromPort: 5431 }], ['another last port', { toPort: 5433 }],
    ['another kind of peer', { peer: { kind: 'prefix-list', value: '10.0.0.0/8' } }], ['another peer', { peer: { kind: 'ipv4', value: '10.0.0.0/16' } }],
  ])('%s is another rule', (_, change) => {
    expect(together([rule], [{ ...rule, ...change }])).toHaveLength(2);
  });

  test('a rule that was written down with another description is the same rule', () => {
    expect(together([rule], [{ ...rule, description: 'put back by a deployment' }])).toEqual([rule]);
  });
});

describe('what a closed network says', () => {
  const logins = { ended: 2, loginSeconds: 120 };
  const waiting = { ...proof, networkClosed: false, settlesAt: start + 1000 };
  test.each<[string, Parameters<typeof settled>, ReturnType<typeof settled>]>([
    ['enough, where new sessions are read-only', [undefined, false, { ended: 2, loginSeconds: 0 }, start], { isSettled: true }],
    ['nothing without an answer of the engine', [undefined, false, undefined, start], { isSettled: false }],
    ['nothing without one, and the time goes on', [waiting, true, undefined, start + 2000], { isSettled: false, settlesAt: start + 1000 }],
    ['nothing before the longest login is over', [undefined, true, logins, start], { isSettled: false, settlesAt: start + 120_000 }],
    ['enough after it', [waiting, true, logins, start + 1000], { isSettled: true, settlesAt: start + 1000 }],
    ['that it begins anew, when it was open in between', [waiting, false, logins, start + 2000], { isSettled: false, settlesAt: start + 122_000 }],
  ])('%s', (_, given, found) => {
    expect(settled(...given)).toEqual(found);
  });
});
