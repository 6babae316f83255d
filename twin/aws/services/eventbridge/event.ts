// An event as EventBridge hands it to rules and targets: AWS's envelope.
import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID } from '../../service.ts';

export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** Whole seconds, UTC. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

export interface EventParts {
  readonly source: string;
  readonly detailType: string;
  readonly region: string;
  readonly atMs: number;
  readonly resources?: readonly string[];
  readonly detail: object;
}

export const busEvent = ({ source, detailType, region, atMs, resources = [], detail }: EventParts): BusEvent => ({
  version: '0', id: randomUUID(), 'detail-type': detailType, source, account: ACCOUNT_ID,
  time: new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z'), region, resources, detail,
});
