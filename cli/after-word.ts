// What a person does after a word to Hotshift (pause, resume, acknowledge, abort), given the lease as it now stands. Pure. An execution
// that was stopped never goes on by itself, which is what people expect least: so it is said each time.
import type { Lease } from '../domain/lease.ts';
import type { Instant } from '../domain/plan.ts';
import { isHeld } from '../domain/control.ts';

export type Word = 'pause' | 'resume' | 'ack' | 'abort';

/** `aimed`: the execution that an abort named, or the one that a pause meets. */
export function afterWord(word: Word, lease: Lease, aimed: string | undefined, now: Instant): readonly string[] {
  const { application } = lease;
  const byHand = `hotshift failover ${application} --evacuate ${lease.evacuated ?? 'REGION'} --reason "..."`;
  const isPaused = lease.pausedUntil !== undefined && lease.pausedUntil > now;
  const isCooling = lease.cooldownUntil !== undefined && lease.cooldownUntil > now;
  const whereItStopped = aimed === undefined ? [] : [`In a few seconds, see at which step it stopped and what holds now: hotshift why ${aimed}`];
  switch (word) {
    case 'pause': return [
      ...whereItStopped,
      ...(aimed === undefined ? ['Nothing is at work. A suspicion during the pause is verified, pages, and stands down.'] : []),
      `End it sooner: hotshift resume ${application}.${aimed === undefined ? '' : ` What was stopped does not go on by itself; start anew: ${byHand}`}`,
    ];
    case 'abort': return [
      ...whereItStopped,
      `The next suspicion may start another execution within a minute, if nothing else blocks it. To keep all of them still: hotshift pause ${application} --for 1h --reason "..."`,
      ...(lease.epoch > 0 ? [`To go on after all: ${byHand}`] : []),
    ];
    case 'resume': return isHeld(lease, now) ? [] : [
      ...(lease.acknowledgementDue ? [`A failover that was stopped does not go on by itself. See where it stands: hotshift status ${application}`, `Go on: ${byHand}`, `Or, if the old region is well and nothing was promoted, go back: hotshift reinstate ${application} --reason "..."`] : []),
      ...(!lease.acknowledgementDue && isCooling ? [`The cooldown is not over. A person need not wait for it: ${byHand}`] : []),
    ];
    case 'ack': return [
      ...(isPaused ? [`It is still paused: hotshift resume ${application}`] : []),
      ...(isCooling ? [`The cooldown goes on by itself; a person need not wait for it: ${byHand}`] : []),
    ];
  }
}
