// What people do during a run, through the CLI's own decisions: pause, acknowledge, abort, approve, start by hand.
import { abort, acknowledge, pause, resume, type ControlChange } from '../cli/control.ts';
import type { Region } from '../domain/plan.ts';
import type { Fault } from './faults.ts';
import { placeOf } from './plan.ts';
import type { World } from './world.ts';

type ByPeople = Fault & { readonly do: 'pause' | 'resume' | 'ack' | 'abort' | 'answer approval' | 'start' };
/** Their clock is right, and the table answers them. */
export function people(world: World, fault: ByPeople): void {
  const { table, clock, facts, executions } = world;
  const change = (decision: ControlChange): void => {
    if (decision.kind !== 'change') return;
    table.replaceLease(table.lease, { ...decision.next, expiresAt: Math.round(decision.next.expiresAt) }, 'a person');
    facts.tell({ kind: 'person', did: `${fault.do}: ${decision.summary}` });
  };
  const now = Math.round(clock.now());
  switch (fault.do) {
    case 'pause': return change(pause(table.lease, now + fault.seconds * 1000, 'ann', now));
    case 'resume': return change(resume(table.lease, 'ann', now));
    case 'ack': return change(acknowledge(table.lease, 'ann', now));
    case 'abort': {
      const { holder } = table.lease;
      if (holder !== undefined) change(abort(table.lease, holder, 'ann', executions.runs.get(holder)?.endedAt !== undefined, now));
      return;
    }
    case 'answer approval': {
      for (const run of executions.running) {
        const token = table.approvals.get(run.name);
        if (token === undefined) continue;
        facts.tell({ kind: 'person', did: `${fault.decision} ${run.name}` });
        answer(run.execution, token, { decision: fault.decision, by: 'ann' });
        clock.touched();
      }
      return;
    }
    case 'start': {
      const evacuated: Region = placeOf(world.plan, fault.evacuate);
      executions.start(placeOf(world.plan, fault.place), fault.name ?? `by-hand-${now}`, { application: world.plan.application, region: evacuated, incident: `by-hand-${evacuated}`, mode: fault.mode });
      return;
    }
  }
}

/** A person who answers too late is told so by Step Functions. */
function answer(execution: { taskSuccess(token: string, output: unknown): void }, token: string, output: unknown): void {
  try {
    execution.taskSuccess(token, output);
  } catch (error) {
    if (!['TaskTimedOut', 'InvalidToken', 'TaskDoesNotExist'].includes((error as Error).name)) throw error;
  }
}
