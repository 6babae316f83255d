// A change batch against the contents of a zone: all of it or nothing. Pure. Messages are AWS's own texts where public
// error reports show them; a batch answers all of its complaints at once, as Route 53 does.
import { isWithin } from '../../../dns/names.ts';
import { recordSetKey, type RecordSet } from '../../../dns/record-sets.ts';
import type { RecordSets } from '../../../dns/zones.ts';
import { valueMessages } from './record-set-shape.ts';

export interface RecordSetChange {
  readonly action: 'CREATE' | 'DELETE' | 'UPSERT';
  readonly recordSet: RecordSet;
}

export type BatchOutcome = { readonly kind: 'accepted'; readonly recordSets: RecordSets } | { readonly kind: 'refused'; readonly messages: readonly string[] };

/** API reference of ChangeResourceRecordSets: at most 1,000 values and 32,000 characters, both counted twice in an UPSERT. */
const VALUES_MAX = 1_000;
const CHARACTERS_MAX = 32_000;

export function applyBatch(zoneName: string, current: RecordSets, changes: readonly RecordSetChange[]): BatchOutcome {
  const tooMuch = limitMessages(changes);
  if (tooMuch.length > 0) return { kind: 'refused', messages: tooMuch };
  const next = new Map(current);
  const messages = [...repeatMessages(changes), ...changes.flatMap((change) => applyChange(zoneName, next, change))];
  if (messages.length === 0) messages.push(...zoneMessages(zoneName, next, changes));
  return messages.length > 0 ? { kind: 'refused', messages } : { kind: 'accepted', recordSets: next };
}

function limitMessages(changes: readonly RecordSetChange[]): string[] {
  const counted = (measure: (set: RecordSet) => number): number =>
    changes.reduce((sum, { action, recordSet }) => sum + measure(recordSet) * (action === 'UPSERT' ? 2 : 1), 0);
  const messages: string[] = [];
  if (counted((set) => set.values.length) > VALUES_MAX) messages.push(`Number of records limit of ${VALUES_MAX} exceeded.`);
  if (counted((set) => set.values.join('').length) > CHARACTERS_MAX) messages.push(`Number of characters limit of ${CHARACTERS_MAX} exceeded.`);
  return messages;
}

/** One set written twice in a batch: which one should win? */
function repeatMessages(changes: readonly RecordSetChange[]): string[] {
  const written = changes.filter(({ action }) => action !== 'DELETE').map(({ recordSet }) => recordSet);
  const keys = written.map(recordSetKey);
  return written
    .filter((_, at) => keys.indexOf(keys[at] ?? '') !== at)
    .map((set) => `The request contains an invalid set of changes for a resource record set '${set.type} ${set.name}'`);
}

/** Changes `next` in place, or says why not. */
function applyChange(zoneName: string, next: Map<string, RecordSet>, { action, recordSet: set }: RecordSetChange): string[] {
  if (!isWithin(set.name, zoneName)) return [`RRSet with DNS name ${set.name} is not permitted in zone ${zoneName}`];
  const key = recordSetKey(set);
  const known = next.get(key);
  if (action === 'DELETE') {
    if (!known) return [`Tried to delete resource record set ${setText(set)} but it was not found`];
    if (!same(known, set)) return [`Tried to delete resource record set ${setText(set)} but the values provided do not match the current values`];
    next.delete(key);
    return [];
  }
  if (action === 'CREATE' && known) return [`Tried to create resource record set ${setText(set)} but it already exists`];
  const wrong = valueMessages(set);
  if (wrong.length === 0) next.set(key, set);
  return wrong;
}

const setText = (set: RecordSet): string =>
  `[name='${set.name}', type='${set.type}'${set.setIdentifier === undefined ? '' : `, set-identifier='${set.setIdentifier}'`}]`;

function same(one: RecordSet, other: RecordSet): boolean {
  const parts = (set: RecordSet): unknown[] => [set.ttlSeconds, [...set.values].sort(), set.weight, set.failover, set.healthCheckId];
  return JSON.stringify(parts(one)) === JSON.stringify(parts(other));
}

/** What must hold for the zone as a whole after the batch; only names that the batch wrote can have broken it. */
function zoneMessages(zoneName: string, next: RecordSets, changes: readonly RecordSetChange[]): string[] {
  const sets = [...next.values()];
  const written = new Set(changes.filter(({ action }) => action !== 'DELETE').map(({ recordSet }) => recordSetKey(recordSet)));
  const messages = sets.filter((set) => written.has(recordSetKey(set))).flatMap((set) => neighbourMessages(zoneName, set, sets.filter((other) => other !== set && other.name === set.name)));
  const atApex = sets.filter((set) => set.name === zoneName);
  if (atApex.filter((set) => set.type === 'SOA').length !== 1 || sets.some((set) => set.type === 'SOA' && set.name !== zoneName)) messages.push('A HostedZone must contain exactly one SOA record.');
  if (!atApex.some((set) => set.type === 'NS')) messages.push('A HostedZone must contain at least one NS record for the zone itself.');
  return messages;
}

/** `neighbours` are the other sets under the same name. */
function neighbourMessages(zoneName: string, set: RecordSet, neighbours: readonly RecordSet[]): string[] {
  if (set.type === 'CNAME' && set.name === zoneName) return [`RRSet of type CNAME with DNS name ${set.name} is not permitted at apex in zone ${zoneName}`];
  if (set.type === 'CNAME' && neighbours.some((other) => other.type !== 'CNAME')) {
    return [`RRSet of type CNAME with DNS name ${set.name} is not permitted as it conflicts with other records with the same DNS name in zone ${zoneName}`];
  }
  if (set.type !== 'CNAME' && neighbours.some((other) => other.type === 'CNAME')) {
    return [`RRSet of type ${set.type} with DNS name ${set.name} is not permitted because a conflicting RRSet of type  CNAME with the same DNS name already exists in zone ${zoneName}`];
  }
  return groupMessages(set, neighbours.filter((other) => other.type === set.type));
}

/** Sets of one name and type must have one policy, and at most one primary and one secondary. */
function groupMessages(set: RecordSet, group: readonly RecordSet[]): string[] {
  if (group.length === 0) return [];
  if (set.setIdentifier === undefined) return [`RRSet with DNS name ${set.name}, type ${set.type} cannot be created as other RRSets exist with the same name and type.`];
  const subject = `RRSet with DNS name ${set.name}, type ${set.type}, SetIdentifier ${set.setIdentifier} cannot be created as a`;
  if (set.weight !== undefined && group.some((other) => other.weight === undefined)) return [`${subject} non-weighted set exists with the same name and type.`];
  if (set.failover !== undefined && group.some((other) => other.failover === undefined)) return [`${subject} non-failover set exists with the same name and type.`];
  if (set.failover !== undefined && group.some((other) => other.failover === set.failover)) return [`${subject} ${set.failover} failover set exists with the same name and type.`];
  return [];
}
