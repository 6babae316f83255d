// The verb of verification: it waits while the verdict may change, no longer than the plan says, and journals the gate each time.
import { expect, test } from '@jest/globals';
import { verify } from '../../../functions/verify/verify.ts';
import { failover, home, Memory, plan, seen, start, survivor, witness } from '../ports.ts';

const waitMs = plan.detection.evidenceWaitSeconds * 1000;
const lone = (memory: Memory): Memory => {
  memory.observations.clear();
  return memory.see(seen(witness, home, 'down', { at: memory.now }));
};
const run = (memory: Memory) => verify(memory.ports(), memory.plan)({ failover });

test('a clear verdict needs no waiting', async () => {
  const memory = new Memory();
  expect(await run(memory)).toMatchObject({ verdict: { kind: 'down', final: true } });
  expect(memory.journal).toHaveLength(1);
  expect(memory.journal[0]).toMatchObject({ step: 'Verify outage', kind: 'gate', gates: [{ gate: 'quorum', passed: true }] });
});

test('while it may change it looks again after half a probe interval', async () => {
  const { nextCheckAt, verdict } = await run(lone(new Memory()));
  expect(verdict.final).toBe(false);
  expect(Date.parse(nextCheckAt!)).toBe(start + plan.detection.probeIntervalSeconds * 500);
});

test.each([[-1, false], [0, true], [1, true]])('the wait ends exactly when it is spent (%i ms)', async (offMs, isFinal) => {
  const memory = new Memory();
  memory.now += waitMs + offMs;
  const result = await run(lone(memory));
  expect(result.verdict.final).toBe(isFinal);
  expect(result.nextCheckAt === undefined).toBe(isFinal);
  if (isFinal) expect(result.verdict).toMatchObject({ kind: 'undecided', reason: expect.stringMatching(/after 30 s of waiting/) });
});

test('what was seen stands in the journal, and the survivor is the same wherever it is asked', async () => {
  const memory = new Memory();
  await run(memory);
  expect(memory.journal[0]!.evidence).toEqual([...memory.observations.values()]);
  expect(memory.journal[0]!.summary).toContain(`${survivor} serves`);
});
