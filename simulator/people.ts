// What people do during a run, through the CLI's own decisions: pause, acknowledge, abort, approve, start by hand.
import { abort, acknowledge, pause, resume, type ControlChange } from '../domain/control.ts';
import type { Region } from '../domain/plan.ts';
import type { Fault } from './faults.ts';
import { placeOf } from './plan.ts';
import type { World } from './world.ts';

export type ByPeople = Fault & { readonly do: 'pause' | 'resume' | 'ack' | 'abort' | 'answer approval' | 'start' | 'drill' | 'failback' };
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
      const holder = fault.execution ?? table.lease.holder;
      if (holder !== undefined) change(abort(table.lease, holder, 'ann', executions.runs.get(holder)?.endedAt !== undefined, now));
      return;
    }
    case 'answer approval': {
      for (const run of executions.running) {
        const token = table.approvals.get(run.name)?.token;
        if (token === undefined) continue;
        facts.tell({ kind: 'person', did: `${fault.decision} ${run.name}` });
        answer(run.execution, token, { decision: fault.decision, by: 'ann' });
        clock.touched();
      }
      return;
    }
    case 'drill': {
      const evacuate = fault.evacuate === undefined ? {} : { evacuate: placeOf(world.plan, fault.evacuate) };
      executions.start(placeOf(world.plan, fault.place), fault.name ?? `drill-${now}`, {
        application: world.plan.application, mode: fault.mode ?? 'traffic', ...evacuate, ...(fault.seconds === undefined ? {} : { holdSeconds: fault.seconds }), region: evacuate.evacuate ?? world.plan.regions[0],
      }, 'drill');
      return;
    }
    case 'failback': {
      const home = fault.home === undefined ? {} : { home: placeOf(world.plan, fault.home) };
      executions.start(fault.place === undefined ? world.plan.witness : placeOf(world.plan, fault.place), fault.name ?? `failback-${now}`, {
        application: world.plan.application, ...home, keepWriter: fault.keepWriter ?? false, acceptLost: fault.acceptLost ?? true, ...(fault.drill === true ? { drill: true } : {}), requestedBy: 'ann', region: world.plan.regions[0],
      }, 'failback');
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
