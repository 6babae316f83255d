// What a person does next after an execution ended in a certain way. The runbook says more; this is its first screen. Pure.
import { durationText, timeText } from './words.ts';
import type { Timeline, TimelineLoss } from './timeline.ts';

export interface NextSteps { readonly steps: readonly string[]; readonly runbook: string }

/** What holds when an execution was handed over at a step; docs/runbook.md says more. */
const STANDS: Readonly<Record<string, string>> = {
  'Note suspicion': 'Nothing was moved.',
  'Verify outage': 'Nothing was moved, and no lease is held.',
  'Claim lease': 'Nothing was moved, and no lease is held.',
  'Assess survivor': 'Nothing was moved: who could write still can.',
  'Approve failover': 'Nothing was moved: who could write still can.',
  'Fence writer': 'Nothing was promoted. Write permits may be withdrawn, and then NOBODY CAN WRITE.',
  'Promote replica': 'The old writer is fenced, and the replica is not known to take writes: NOBODY CAN WRITE.',
  'Shift writes': 'The replica is the writer now, and permits for it may not be granted: then NOBODY CAN WRITE.',
  'Shift reads': 'The survivor takes writes, and users may still be led to the old region.',
  'Confirm service': 'Everything was moved, and nobody outside has seen it work.',
};
/** Up to here the old writer may have its writes back. */
const BEFORE_PROMOTION: ReadonlySet<string> = new Set(['Fence writer', 'Promote replica']);
const MOVED_NOTHING: ReadonlySet<string> = new Set(['Note suspicion', 'Verify outage', 'Claim lease', 'Assess survivor', 'Approve failover']);

export function nextSteps(found: Timeline): NextSteps {
  const { outcome, execution, application, runbook, lossWindow, events } = found;
  switch (outcome) {
    case 'Failed over': return {
      runbook: runbook ?? 'docs/runbook.md#failed-over',
      steps: [
        lossWindow === undefined ? 'No write was found to be lost; check the last orders with the business all the same.'
          : `${sentence(lossText(lossWindow))}: reconcile them from the old writer once it is back.`,
        `Acknowledge, so that the next outage can be handled: hotshift ack ${application}`,
        'The old region stays fenced. Rebuild its replica, then fail back as a planned action.',
      ],
    };
    case 'Stood down': return {
      runbook: runbook ?? 'docs/runbook.md#stood-down',
      steps: [
        'Nothing was moved. The gate that did not pass, above, says why.',
        ...(unacknowledged(events) ? [`Look at the failover before this one, then acknowledge it: hotshift ack ${application}`] : []),
        `See what blocks and who reports: hotshift status ${application}`,
      ],
    };
    case 'Drill passed': case 'Drill stopped': case 'Drill refused': case 'Drill yielded': return { runbook: runbook ?? `docs/runbook.md#${outcome.toLowerCase().replace(' ', '-')}`, steps: [`Keep its record: hotshift report ${execution} --save DIRECTORY`, `See when which region was drilled last: hotshift status ${application}`] };
    case 'Handed to a human': return runbook?.includes('#drill-') === true ? { runbook, steps: [`Users or capacity may not be back. When nothing is in the way any more: hotshift drill ${application} --return`, `What is in the way: hotshift status ${application}`] } : { runbook: runbook ?? 'docs/runbook.md#handed-to-a-human', steps: handedOverSteps(found) };
    default: return {
      runbook: 'docs/runbook.md',
      steps: [`It has not ended, as far as the journal says. See who holds the lease: hotshift status ${application}`, `To stop it at its next safe point: hotshift abort ${execution}`],
    };
  }
}

/** Where it stands, how to go on, how to go back, and what ends it. */
function handedOverSteps({ application, steps, runbook, reason = '' }: Pick<Timeline, 'application' | 'steps' | 'runbook' | 'reason'>): readonly string[] {
  const step = stoppedAt(runbook) ?? steps.findLast((candidate) => candidate.step !== 'Conclude' && candidate.step !== 'Announce' && candidate.step !== 'Operator')?.step ?? 'the beginning';
  const why = /paused by|asked \S+ to stop/.test(reason) ? 'A person stopped it' : 'Hotshift stopped and a person decides now';
  return [
    `${why}, at "${step}". ${STANDS[step] ?? ''}`.trimEnd(),
    ...(reason.includes('paused by') ? [`End the pause: hotshift resume ${application}`] : []),
    `It does not go on by itself. Go on from where it stands, with the region that it was leaving: hotshift failover ${application} --evacuate REGION --reason "..."`,
    ...(BEFORE_PROMOTION.has(step) ? [`Or go back, if the old region is well and no promotion was asked for: hotshift reinstate ${application} --reason "..."`] : []),
    `${MOVED_NOTHING.has(step) ? 'Who holds the lease and who sees what' : 'Who may write, and which orders to fence stay in force'}: hotshift status ${application}`,
    `When it is settled: hotshift ack ${application}`,
  ];
}

/** The conclusion names its page of the runbook by the step; several steps may have worked side by side after it. */
const stoppedAt = (runbook: string | undefined): string | undefined =>
  Object.keys(STANDS).find((step) => runbook?.endsWith(`#handed-over-at-${step.toLowerCase().replaceAll(' ', '-')}`));

const unacknowledged = (events: Timeline['events']): boolean =>
  events.some((event) => event.gates.some((gate) => gate.gate === 'acknowledgement' && !gate.passed));

/** A window without a beginning is not a number of seconds. */
export const lossText = ({ from, to, seconds }: TimelineLoss): string =>
  (from <= 0 ? `an unknown amount of writes acknowledged before ${timeText(to)} may be lost` : `writes acknowledged in the ${durationText(seconds)} from ${timeText(from)} may be lost`);

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
