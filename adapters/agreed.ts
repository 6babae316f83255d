// The ports that lie in the one table, and the clock: what every step shares. They carry no other client than DynamoDB's.
import type { Ports } from '../domain/ports.ts';
import { announcementStore } from './announcement-store.ts';
import { approvalStore } from './approval-store.ts';
import { systemClock } from './clock.ts';
import type { Environment } from './environment.ts';
import { incidentStore } from './incident-store.ts';
import { intentStore } from './intent-store.ts';
import { journal } from './journal.ts';
import { leaseStore } from './lease-store.ts';
import { observationStore } from './observation-store.ts';
import { permitStore } from './permit-store.ts';
import { tableIn } from './table.ts';
import { switchStore } from './traffic-switch.ts';

export type Agreed = Pick<Ports, 'leases' | 'permits' | 'intents' | 'incidents' | 'observations' | 'journal' | 'approvals' | 'announcements' | 'switches' | 'clock'>;

/** Reads and writes go to the replica of the region in which the code runs. */
export function agreed({ region, table: name }: Pick<Environment, 'region' | 'table'>): Agreed {
  const table = tableIn(region, name);
  const clock = systemClock;
  return {
    leases: leaseStore(table), permits: permitStore(table), intents: intentStore(table), incidents: incidentStore(table, clock),
    observations: observationStore(table), journal: journal(table), approvals: approvalStore(table, clock), announcements: announcementStore(table),
    switches: switchStore(table), clock,
  };
}
