// The simulation goes through the first states of the workflow by a loop of its own. Here it is held against the file that is deployed.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

const { States: states } = parse(readFileSync(new URL('../../statemachines/failover.asl.yaml', import.meta.url), 'utf8'), { merge: true }) as { readonly States: Record<string, any> };

test('the loop in simulator/false-alarms/workflow.ts is the one of the workflow', () => {
  expect(states['Note suspicion'].Next).toBe('Verify outage');
  expect(states['Verify outage'].Next).toBe('Outage confirmed?');
  expect(states['Verify outage'].Retry[0]).toMatchObject({ IntervalSeconds: 1, MaxAttempts: 5, BackoffRate: 2, MaxDelaySeconds: 8, JitterStrategy: 'FULL' });
  expect(states['Verify outage'].Retry[0].ErrorEquals).toContain('TryAgainError');
  expect(states['Verify outage'].Catch[0].Next).toBe('Conclude');
  expect(states['Outage confirmed?'].Choices).toEqual([
    { Condition: "{% $verdict.kind = 'down' %}", Next: 'Claim lease' },
    { Condition: "{% $nextCheckAt != '' %}", Next: 'Wait for evidence' },
  ]);
  expect(states['Outage confirmed?'].Default).toBe('Stand down');
  expect(states['Wait for evidence']).toMatchObject({ Type: 'Wait', Timestamp: '{% $nextCheckAt %}', Next: 'Verify outage' });
  expect(states['Claim lease'].Next).toBe('Lease claimed?');
});
