// The one sentence on top: what is happening, for somebody who has never seen a failover. Pure.
import { FAULT_TEXTS, type Fault } from '../twin/settings.ts';
import { titleOf } from './choices.ts';
import type { Phase, WorkflowView } from './view.ts';

export interface StoryFacts {
  readonly phase: Phase;
  /** What is being started, or why it could not. */
  readonly detail: string;
  readonly fault: Fault | null;
  readonly workflow: Pick<WorkflowView, 'machine' | 'states' | 'endedAt'> | null;
  /** How the last workflow ended. */
  readonly outcome: string | null;
  readonly approvalWaits: boolean;
  readonly busy: string | null;
}
export interface Story { readonly headline: string; readonly detail: string }

/** What each state does, in the words of this page. Others are named as they are. */
const DOING: Readonly<Record<string, string>> = {
  'Verify outage': 'Several observers are asked whether they see the same', 'Claim lease': 'Only one failover may run: it takes the lease', 'Assess survivor': 'How much would be lost? The replica is read before anything is touched',
  'Approve failover': 'Two people must agree in Slack', 'Fence writer': 'The old writer is being locked out, and that must be proven', 'Wait for fence': 'The old region cannot be reached, so its last write permit must run out',
  'Promote replica': 'The replica becomes the writer; only a committed write counts as proof', 'Shift writes': 'Writes are led to the new writer', 'Warm survivor': 'Caches of the surviving region are filled', 'Confirm service': 'Observers look from outside whether it really works',
};

export function story({ phase, detail, fault, workflow, outcome, approvalWaits, busy }: StoryFacts): Story {
  switch (phase) {
    case 'starting': return { headline: 'Starting two regions and a witness', detail };
    case 'failed': return { headline: 'The twin could not start', detail };
    case 'reading': return { headline: 'The run is over: both databases are being read', detail: 'Every acknowledged write is looked up by its id.' };
    case 'reported': return { headline: outcome === null ? 'Here is the report' : `${outcome}. Here is the report`, detail: 'Start a fresh twin to break something else.' };
    default:
  }
  if (approvalWaits) return { headline: 'Two people must agree', detail: 'Press Approve as Ana and as Ben in the Slack thread below; without an answer nothing is moved.' };
  const running = workflow !== null && workflow.endedAt === null ? workflow : null;
  if (running !== null) {
    const [first] = Object.entries(running.states).filter(([name, { since }]) => since !== null && DOING[name] !== undefined).sort(([, one], [, other]) => (other.since ?? 0) - (one.since ?? 0));
    return { headline: VERBS[running.machine] ?? 'Hotshift acts', detail: first === undefined ? 'The lit states of the workflow below are running.' : `${DOING[first[0]] ?? ''}.` };
  }
  if (busy !== null) return { headline: capital(busy), detail: '' };
  if (fault === null) return outcome === null ? { headline: 'Both regions serve', detail: 'Half of the users go to each region, and all writes go to one database. Break something.' } : { headline: outcome, detail: QUIET[outcome] ?? 'Nobody broke anything: the journal says why it began.' };
  if (outcome !== null) return { headline: outcome, detail: AFTER[outcome] ?? 'The journal says why.' };
  return { headline: titleOf(fault), detail: FAULT_TEXTS[fault].ends === 'nothing' ? '' : `Observers look every second; ${FAULT_TEXTS[fault].ends === 'Failed over' ? 'several bad looks in a row make a suspicion' : 'nothing may move here'}.` };
}

const VERBS: Readonly<Record<string, string>> = { failover: 'Hotshift acts', drill: 'A drill moves users', failback: 'The writer goes home' };
const AFTER: Readonly<Record<string, string>> = {
  'Failed over': 'The other region serves everybody. Bring the old one back, or end the run and see the report.', 'Stood down': 'Nothing was moved: the evidence was not enough, or nothing had to move.',
  'Handed to a human': 'It stopped where it could not prove the next step. The journal says where.', 'Failed back': 'The writer is home and both regions serve again.',
};
/** Ends of what began without a fault: a drill, a command, or a machine so busy that it looked sick. */
const QUIET: Readonly<Record<string, string>> = { 'Drill passed': 'Users are back in both regions. Break something, or end the run.', 'Stood down': 'Something looked wrong, and the evidence was not enough: nothing was moved.' };
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
