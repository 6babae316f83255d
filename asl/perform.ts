// What each kind of state does: from its input to its output, what it assigns and the next state.
import type { ChoiceState, Effects, FailState, ParallelState, WaitState } from './definition.ts';
import { TaskError } from './errors.ts';
import { performMap } from './map.ts';
import { BYTES_MAX, payload, type Payload } from './payload.ts';
import { sleep, together } from './race.ts';
import { runScope } from './scope.ts';
import { SECONDS_MAX, timeOf } from './seconds.ts';
import { performTask } from './task.ts';
import { evaluate, mistaken, numberOf, shown, type Outcome, type Variables, type Visit } from './visit.ts';

/** Once: retries and catches are the caller's. */
export async function perform(visit: Visit): Promise<Outcome> {
  const { state } = visit;
  switch (state.type) {
    case 'Pass':
    case 'Succeed': return ended(visit, visit.input);
    case 'Task': return ended(visit, await performTask({ ...visit, state }), true);
    case 'Parallel': return ended(visit, await parallel({ ...visit, state }), true);
    case 'Map': return ended(visit, await performMap({ ...visit, state }), true);
    case 'Wait':
      await wait({ ...visit, state });
      return ended(visit, visit.input);
    case 'Choice': return choice({ ...visit, state });
    case 'Fail': throw await failure({ ...visit, state });
  }
}

async function ended(visit: Visit, result: Payload, isResult = false): Promise<Outcome> {
  return { ...(await effects(visit, visit.state, result, isResult ? { result: result.value } : {})), next: visit.state.next };
}

/** Assign and Output see the same world: what Assign sets counts from the next state on (guide, "Evaluation order in an assign field"). */
export async function effects(visit: Visit, { assign, output }: Effects, result: Payload, more: Readonly<Record<string, unknown>> = {}): Promise<Omit<Outcome, 'next'>> {
  const assigned = ((await evaluate(visit, assign, more)) ?? {}) as Variables;
  // Guide, "Variable limits": 256 KiB for all that one Assign sets.
  if (assign !== undefined && Buffer.byteLength(JSON.stringify(assigned)) > BYTES_MAX) {
    throw new TaskError('States.DataLimitExceeded', `The Assign field of the state '${visit.state.name}' exceeds the maximum number of bytes service limit.`);
  }
  return { assigned, output: output === undefined ? result : payload(await evaluate(visit, output, more), `state/task '${visit.state.name}'`) };
}

async function wait(visit: Visit<WaitState>): Promise<void> {
  const { state, around: { clock }, signal } = visit;
  const seconds = await numberOf(visit, state.seconds, 'Seconds', { most: SECONDS_MAX });
  if (seconds !== undefined) return sleep(clock, seconds * 1000, signal);
  const timestamp = await evaluate(visit, state.timestamp);
  const until = timeOf(timestamp);
  if (until === undefined) throw mistaken(visit, `The value specified for the field 'Timestamp' must be a date and time with an offset, but was ${shown(timestamp)}.`);
  return sleep(clock, until - clock.now(), signal);
}

async function choice(visit: Visit<ChoiceState>): Promise<Outcome> {
  const { state } = visit;
  for (const [index, rule] of state.rules.entries()) {
    const holds = await evaluate(visit, rule.condition);
    if (typeof holds !== 'boolean') throw mistaken(visit, `The value specified for the field 'Choices[${index}]/Condition' must be a boolean, but was ${shown(holds)}.`);
    // The rule's own Assign and Output replace those of the state, which belong to Default (guide, "Choice workflow state").
    if (holds) return { ...(await effects(visit, rule, visit.input)), next: rule.next };
  }
  if (state.fallback === undefined) {
    throw new TaskError('States.NoChoiceMatched', `An error occurred while executing the state '${state.name}' (entered at the event id #${visit.entered}). No choice matched, and there is no Default.`);
  }
  return { ...(await effects(visit, state, visit.input)), next: state.fallback };
}

async function failure(visit: Visit<FailState>): Promise<TaskError> {
  const [error, cause] = [await evaluate(visit, visit.state.error), await evaluate(visit, visit.state.cause)];
  for (const [field, value] of [['Error', error], ['Cause', cause]] as const) {
    if (value !== undefined && typeof value !== 'string') throw mistaken(visit, `The value specified for the field '${field}' must be a string, but was ${shown(value)}.`);
  }
  return new TaskError((error ?? '') as string, (cause ?? '') as string);
}

async function parallel(visit: Visit<ParallelState>): Promise<Payload> {
  const { state, trail, around, variables, context } = visit;
  const input = state.arguments === undefined ? visit.input : payload(await evaluate(visit, state.arguments), `state/task '${state.name}'`);
  trail.add('ParallelStateStarted');
  const trails = trail.fork(state.branches.length);
  const ends: number[] = [];
  const branches = state.branches.map((branch, index) => async (signal: AbortSignal) => {
    const own = trails[index] as (typeof trails)[number];
    try {
      return await runScope(branch, { around, input, variables, context, trail: own, signal });
    } finally {
      ends.push(own.last);
    }
  });
  // The first failure is the state's, under its own name; the other branches stop (States Language, "Parallel state").
  const outputs = await together(visit.signal, branches, () => {
    trail.last = ends.at(-1) as number;
    trails.forEach((entry) => entry.abort(trail.last));
    trail.add('ParallelStateFailed');
  });
  trail.last = ends.at(-1) as number;
  trail.add('ParallelStateSucceeded');
  return payload(outputs.map(({ value }) => value), `state/task '${state.name}'`);
}
