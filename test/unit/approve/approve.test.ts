// Asking people: the lease is kept while they think, the token goes nowhere but into its store.
import { expect, test } from '@jest/globals';
import { TryAgainError } from '../../../domain/errors.ts';
import { approve } from '../../../functions/approve/approve.ts';
import { claimable } from '../../../functions/claim/claimable.ts';
import { failover, Memory, plan, start } from '../ports.ts';

const input = { failover, epoch: 1, taskToken: 'a-secret-token', summary: 'home is down', exposureSeconds: 12 };

test('the token is kept, people are asked, and neither message nor journal holds it', async () => {
  const memory = new Memory().held();
  expect(await approve(memory.ports(), plan)(input)).toEqual({ asked: true });
  expect(memory.approvals.get('run-1')).toBe('a-secret-token');
  expect(memory.told).toEqual([expect.objectContaining({ severity: 'page', title: expect.stringContaining('Approval needed') })]);
  expect(JSON.stringify([memory.told, memory.journal])).not.toContain('a-secret-token');
});

test('no other execution can claim the application until the last moment of the wait, and the holder still can', async () => {
  const memory = new Memory().held();
  await approve(memory.ports(), plan)(input);
  const last = start + plan.policy.approvalTimeoutSeconds * 1000;
  expect(claimable(memory.lease, { ...failover, execution: 'run-2' }, plan, last).kind).toBe('refuse');
  expect(claimable(memory.lease, failover, plan, last).kind).toBe('adopt');
});

test('a lease that could not be kept is no reason to ask: it is tried again', async () => {
  const memory = new Memory().held();
  const ports = memory.ports();
  const overtaken = { ...ports, leases: { ...ports.leases, replace: async () => false } };
  await expect(approve(overtaken, plan)(input)).rejects.toBeInstanceOf(TryAgainError);
  expect(memory.told).toEqual([]);
  expect(memory.approvals.size).toBe(0);
});

test('the question is bound to epoch and execution, says what silence does, and how many must agree', async () => {
  const memory = new Memory().held();
  const two = { ...plan, policy: { ...plan.policy, approval: 'required', approvalsNeeded: 2, approvalDefault: 'abort' } } as const;
  await approve(memory.ports(), two)(input);
  expect(memory.asked).toEqual([{ epoch: 1, needed: 2 }]);
  expect(memory.told[0]?.card).toMatchObject({ state: 'waiting for approval', next: expect.stringContaining('it ends as if somebody had said no'), question: { application: 'shop', execution: 'run-1', epoch: 1, needed: 2, survivor: 'eu-central-1' } });
  await approve(memory.ports(), two)({ ...input, failover: { ...failover, mode: 'manual', requestedBy: 'ana' } });
  expect(memory.asked.at(-1)).toEqual({ epoch: 1, needed: 1, requestedBy: 'ana' });
});
