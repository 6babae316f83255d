// What a person does next after an execution ended in a certain way. The runbook says more; this is its first screen. Pure.
import { durationText, timeText } from './format/style.ts';
import type { Timeline, TimelineLoss } from './timeline.ts';

export interface NextSteps { readonly steps: readonly string[]; readonly runbook: string }

export function nextSteps({ outcome, execution, application, runbook, lossWindow, steps, events }: Timeline): NextSteps {
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
    case 'Handed to a human': return {
      runbook: runbook ?? 'docs/runbook.md#handed-to-a-human',
      steps: [
        `A person decides now. Hotshift stopped at its last safe point (${steps.findLast((step) => step.step !== 'Conclude' && step.step !== 'Announce')?.step ?? 'the beginning'}).`,
        `Orders to fence stay in force: see them with hotshift status ${application}`,
        `When it is settled: hotshift ack ${application}`,
      ],
    };
    default: return {
      runbook: 'docs/runbook.md',
      steps: [`It has not ended, as far as the journal says. See who holds the lease: hotshift status ${application}`, `To stop it at its next safe point: hotshift abort ${execution}`],
    };
  }
}

const unacknowledged = (events: Timeline['events']): boolean =>
  events.some((event) => event.gates.some((gate) => gate.gate === 'acknowledgement' && !gate.passed));

/** A window without a beginning is not a number of seconds. */
export const lossText = ({ from, to, seconds }: TimelineLoss): string =>
  (from <= 0 ? `an unknown amount of writes acknowledged before ${timeText(to)} may be lost` : `writes acknowledged in the ${durationText(seconds)} from ${timeText(from)} may be lost`);

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
