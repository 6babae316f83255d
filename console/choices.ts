// What a person can do now, and why not where not. Each thing names what it does before it is done; the buttons never vanish, they say
// what they wait for. Pure.
import { FAULTS, FAULT_TEXTS, strategiesOf, type Fault } from '../twin/settings.ts';
import type { ActionView, Phase } from './view.ts';

export interface Situation {
  readonly phase: Phase;
  readonly fault: Fault | null;
  readonly returned: boolean;
  /** It is back, and its agent has not closed its database yet. */
  readonly closing: boolean;
  /** Kind of workflow that is running, if one is. */
  readonly running: string | null;
  readonly failedOver: boolean;
  readonly failedBack: boolean;
  readonly paused: boolean;
  readonly acknowledgementDue: boolean;
  readonly hasSwitch: boolean;
  /** A command is being carried out. */
  readonly busy: string | null;
}

/** `none` is no fault that anybody would inject. */
export const OFFERED = FAULTS.filter((fault) => fault !== 'none');

/** Faults after which region A alone is away. */
const COMES_BACK: ReadonlySet<Fault> = new Set(['region-crash', 'region-return', 'region-hang', 'region-isolated', 'database-crash', 'partition-crash', 'replication-cut', 'route-53-down']);

export function choices(now: Situation): readonly ActionView[] {
  const asleep = now.phase === 'starting' ? 'the twin is starting' : ['reading', 'reported', 'failed'].includes(now.phase) ? 'this run has ended: start a fresh twin' : '';
  const busy = asleep || (now.busy === null ? '' : `${now.busy} is being done`);
  const first = (...reasons: readonly string[]): string => reasons.find((reason) => reason !== '') ?? '';
  const when = (bad: boolean, why: string): string => (bad ? why : '');
  const operate = (id: string, label: string, does: string, ...reasons: readonly string[]): ActionView => ({ id, label, group: 'operate', does, blocked: first(busy, ...reasons) });
  return [
    ...OFFERED.map((fault): ActionView => ({
      id: `fault:${fault}`, label: titleOf(fault), group: 'faults', does: FAULT_TEXTS[fault].does, ends: FAULT_TEXTS[fault].ends,
      blocked: first(asleep, when(now.fault !== null, 'one fault a run: end this one first'), when(now.running !== null, 'wait until the workflow has ended'), when(strategiesOf({ fault }).length > 1 && !now.hasSwitch, 'start a fresh twin with the switch')),
    })),
    operate('drill', 'Drill', 'all users move from us-east-1 to us-west-2, stay for ten seconds, and come back; nothing breaks', when(now.fault !== null, 'drills are for whole regions: this run has a fault'), when(now.running !== null, 'another workflow is running')),
    operate('failover', 'Failover by hand', 'a person asks for it; the workflow still verifies, assesses and fences, and stands down where nothing is wrong', when(now.running !== null, 'another workflow is running'), when(now.failedOver, 'it has failed over already')),
    operate('pause', 'Pause', 'no failover for ten minutes; a running one stops at its next safe point', when(now.paused, 'it is paused')),
    operate('resume', 'Resume', 'ends the pause', when(!now.paused, 'it is not paused')),
    operate('return', 'Bring us-east-1 back', 'power or network is there again; the region finds the order to fence itself and closes its own database', when(now.fault === null, 'nothing is broken'), when(now.fault !== null && !COMES_BACK.has(now.fault), 'it never went away, or not alone'), when(now.returned, 'it is back'), when(now.running !== null, 'wait until the workflow has ended')),
    operate('ack', 'Acknowledge', 'a person has looked; without this nothing acts a second time', when(!now.acknowledgementDue, 'nothing waits for it')),
    operate('failback', 'Fail back', 'the old side is rebuilt from the new writer, and the writer goes home without a loss', when(!now.failedOver, 'nothing has failed over'), when(now.failedBack, 'it is home already'), when(!now.returned, 'us-east-1 is still away: bring it back first'), when(now.acknowledgementDue, 'acknowledge the failover first'), when(now.running !== null, 'another workflow is running')),
    { id: 'report', label: 'End the run and report', group: 'run', does: 'stops the load, reads both databases, counts what was lost, and checks every invariant', blocked: first(busy, when(now.running !== null, 'wait until the workflow has ended'), when(now.closing, 'us-east-1 is closing its own database: within a minute')) },
    { id: 'restart', label: 'Start a fresh twin', group: 'run', does: 'stops everything and starts two whole regions again; takes some 20 seconds', blocked: first(when(now.phase === 'starting', 'the twin is starting'), when(now.phase === 'reading', 'the databases are being read')) },
  ];
}

const TITLES: Readonly<Record<Fault, string>> = {
  'none': 'Nothing', 'region-crash': 'Region dies', 'region-return': 'Region dies, returns', 'region-hang': 'Region hangs', 'region-isolated': 'Region is cut off', 'database-crash': 'Database dies',
  'partition': 'Link between A and B goes dark', 'partition-crash': 'Link goes dark, then A dies', 'vantage-cut': 'One observer goes blind', 'replication-cut': 'Replication stops, then A dies', 'slow-region': 'Region is slow',
  'both-regions-down': 'Both regions die', 'monitor-sick': 'All observers go blind', 'route-53-down': 'DNS control plane is down',
};
export const titleOf = (fault: Fault): string => TITLES[fault];
