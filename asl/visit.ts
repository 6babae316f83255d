// What all states share while one of them is visited: the surroundings of the execution, and how a template sees the world.
import type { State } from './definition.ts';
import { TaskError } from './errors.ts';
import type { World } from './expression.ts';
import type { Trail } from './history.ts';
import type { Payload } from './payload.ts';
import type { Clock } from './race.ts';
import type { TaskRunner } from './task.ts';
import type { Template } from './template.ts';
import type { Tokens } from './tokens.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** The same for a whole execution. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: () => number;
  readonly tasks: TaskRunner;
  readonly tokens: Tokens;
  readonly newToken: () => string;
  readonly region: string;
  readonly transitionMs?: () => number;
}

/** One visit of one state, or one attempt of it. */
export interface Visit<S extends State = State> {
  readonly around: Surroundings;
  readonly state: S;
  readonly input: Payload;
  readonly variables: Variables;
  readonly context: Readonly<Record<string, unknown>>;
  readonly trail: Trail;
  /** The event with which the state was entered. */
  readonly entered: number;
  readonly signal: AbortSignal;
}
/** Where a state leads: its output, what it assigned and the next state. */
export interface Outcome { readonly output: Payload; readonly assigned: Variables; readonly next: string | undefined }

/** Evaluates a template as the state sees the world; a failure is recorded and says in which state it happened. */
export async function evaluate(visit: Visit, part: Template | undefined, more: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  if (part === undefined || 'constant' in part) return part?.constant;
  const world: World = {
    states: { input: visit.input.value, context: visit.context, ...more }, variables: visit.variables,
    now: () => visit.around.clock.now(), random: visit.around.random,
  };
  try {
    return await part.evaluate(world);
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    throw mistaken(visit, error.cause);
  }
}

/** An expression that failed, or gave what the field cannot take. */
export function mistaken(visit: Visit, problem: string): TaskError {
  const error = 'States.QueryEvaluationError';
  const cause = `An error occurred while executing the state '${visit.state.name}' (entered at the event id #${visit.entered}). ${problem}`;
  const location = /specified for the field '([^']+)'/.exec(problem)?.[1];
  if (!visit.signal.aborted) visit.trail.add('EvaluationFailed', { evaluationFailedEventDetails: { error, cause, state: visit.state.name, ...(location === undefined ? {} : { location }) } });
  return new TaskError(error, cause);
}

/** A field that must give a number within bounds. */
export async function numberOf(visit: Visit, part: Template | undefined, field: string, { least = 0, most = Infinity, whole = true } = {}): Promise<number | undefined> {
  if (part === undefined) return undefined;
  const value = await evaluate(visit, part);
  if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw mistaken(visit, `The value specified for the field '${field}' must be a ${whole ? 'whole ' : ''}number from ${least}${most === Infinity ? '' : ` to ${most}`}, but was ${shown(value)}.`);
}

/** A value for a message, not too long. */
export const shown = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, 100);
