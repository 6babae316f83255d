// One plan, one failover and small makers for the tests of the nouns.
import type { Failover } from '../../../domain/journal.ts';
import type { Lease, Permit } from '../../../domain/lease.ts';
import type { Observation } from '../../../domain/observation.ts';
import type { ApplicationPlan } from '../../../domain/plan.ts';
import { settingsSchema } from '../../../twin/settings.ts';
import { twinPlan } from '../../../twin/plan.ts';

export const [A, B, W] = ['us-east-1', 'us-west-2', 'us-east-2'] as const;
export const NOW = Date.parse('2026-11-24T12:00:00Z');
export const plan: ApplicationPlan = twinPlan(settingsSchema.parse({}), {
  applicationPort: 1, controlPort: 2, databasePort: 3, slackUrl: 'http://127.0.0.1/api', hostedZoneId: 'Z1', addresses: { [A]: '192.0.2.1', [B]: '192.0.2.2' },
});
export const database = plan.databases[0]!;
export const traffic = plan.traffic[0]!;
export const failover: Failover = { application: 'shop', execution: 'e1', evacuated: A, incident: 'i1', mode: 'automatic', startedAt: NOW };

export const seen = (vantagePoint: string, target: string, changes: Partial<Observation> = {}): Observation => ({
  application: 'shop', vantagePoint, target, at: NOW - 500, result: 'up', reason: '', latencyMs: 5, consecutiveFailures: 0, write: 'ok', writer: A, epoch: 0, lastWriteAt: NOW - 500, ...changes,
});
export const down = (vantagePoint: string, target: string, changes: Partial<Observation> = {}): Observation =>
  seen(vantagePoint, target, { result: 'down', consecutiveFailures: 3, failingSince: NOW - 3000, write: 'unknown', lastWriteAt: NOW - 3500, ...changes });

export const lease = (changes: Partial<Lease> = {}): Lease => ({ application: 'shop', epoch: 0, expiresAt: 0, acknowledgementDue: false, ...changes });
export const permit = (changes: Partial<Permit> = {}): Permit => ({ application: 'shop', database: 'orders', epoch: 0, writer: A, withdrawn: true, withdrawnAt: NOW - 1000, renewals: {}, surrenders: {}, ...changes });
