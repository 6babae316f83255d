// Step Functions of the places: the real statemachines/*.asl.yaml run in asl/ on the virtual clock. An execution lives in a
// place and dies with it; a name is started once.
import { readFileSync } from 'node:fs';
import { TaskError, execute, loadYaml, type Execution, type ExecutionResult, type StateMachine, type TaskRequest } from '../asl/index.ts';
import type { DrillOutcome } from '../domain/drill.ts';
import type { FailbackOutcome } from '../domain/failback.ts';
import type { Outcome } from '../domain/journal.ts';
import type { Region } from '../domain/plan.ts';
import { invoke } from './lambdas.ts';
import type { Place } from './places.ts';
import type { StepName } from './steps.ts';
import type { World } from './world.ts';

const STEPS: readonly StepName[] = ['announce', 'approve', 'assess', 'call', 'claim', 'compare', 'conclude', 'confirm', 'fence', 'hold', 'prepare', 'promote', 'rebuild', 'scale', 'settle', 'shift', 'survey', 'verify', 'warm'];
const arnName = (step: string): string => `${step.charAt(0).toUpperCase()}${step.slice(1)}FunctionArn`;

export type MachineName = 'failover' | 'drill' | 'failback';
const loaded = new Map<MachineName, StateMachine>();
/** A state machine as it is deployed; each function's ARN is its name. */
function machineOf(name: MachineName): StateMachine {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`../statemachines/${name}.asl.yaml`, import.meta.url), 'utf8');
  const machine = loadYaml(text, Object.fromEntries(STEPS.filter((step) => text.includes(arnName(step))).map((step) => [arnName(step), step])));
  loaded.set(name, machine);
  return machine;
}

export interface Run {
  readonly name: string; readonly place: Place; readonly evacuated: Region; readonly startedAt: number; readonly manual: boolean;
  /** Of a drill: its mode. */
  readonly drill?: string;
  /** Started by a person, since nothing else starts one. */
  readonly failback?: true;
  execution: Execution;
  endedAt?: number;
  outcome?: Outcome | DrillOutcome | FailbackOutcome | 'died' | 'failed';
  reason?: string;
}
interface Input { readonly region: Region; readonly mode?: string }
interface LoadInput { readonly action: 'start' | 'stop'; readonly factor: number; readonly seconds: number }
const isLoad = (functionName: string): boolean => functionName.includes(':function:make-load');

export class Executions {
  readonly #world: World;
  readonly runs = new Map<string, Run>();
  readonly #suspended = new Map<string, (() => void)[]>();
  /** What Step Functions would bill: states entered, and tasks that were tried again. */
  transitions = 0;
  /** How long Step Functions takes from one state to the next. */
  transitionMs: (() => number) | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** Starts an execution; the same name again is the same execution, running or ended (ExecutionAlreadyExists). */
  start(place: Place, name: string, input: Input & Readonly<Record<string, unknown>>, machine: MachineName = 'failover'): void {
    const { places, clock, facts, random } = this.#world;
    if (this.runs.has(name) || places.state(place) === 'dead') return;
    const [evacuated, manual] = [input.region, input.mode === 'manual'];
    facts.tell({ kind: 'started', execution: name, region: place, evacuated, manual });
    const { region: _region, ...plannedInput } = input;
    const execution = execute(machineOf(machine), {
      input: machine === 'failover' ? input : plannedInput, name, random: () => random.next(), startTime: places.now(place),
      executionArn: `arn:aws:states:${place}:111122223333:execution:hotshift-${machine}:${name}`,
      stateMachineArn: `arn:aws:states:${place}:111122223333:stateMachine:hotshift-${machine}`, stateMachineName: `hotshift-${machine}`,
      clock: { now: () => places.now(place), sleep: (delayMs, signal) => places.sleep(place, delayMs, signal) },
      tasks: { run: (request) => this.#task(place, name, machine === 'failover' ? evacuated : undefined, request) },
      ...(this.transitionMs === undefined ? {} : { transitionMs: this.transitionMs }),
      onEvent: (event) => {
        this.transitions += billed(String(event['type']));
        const { name: state } = (event['stateEnteredEventDetails'] ?? {}) as { readonly name?: string };
        if (state !== undefined) facts.tell({ kind: 'state', execution: name, state });
      },
    });
    const run: Run = { name, place, evacuated, manual, startedAt: clock.now(), execution, ...(machine === 'drill' ? { drill: input.mode ?? 'traffic' } : {}), ...(machine === 'failback' ? { failback: true as const } : {}) };
    this.runs.set(name, run);
    clock.touched();
    void execution.result.then((result) => this.#ended(run, result));
  }

  /** Everything that ran in a place has died with it. */
  died(place: Place): void {
    for (const run of this.running) if (run.place === place) this.#cut(run, `${place} died`);
  }

  /** StopExecution, from the console or by a deployment that goes wrong: it ends between two states and concludes nothing. */
  stop(name: string): void {
    const run = this.runs.get(name);
    if (run !== undefined && run.endedAt === undefined) this.#cut(run, 'stopped from outside');
  }

  #cut(run: Run, reason: string): void {
    [run.endedAt, run.outcome, run.reason] = [this.#world.clock.now(), 'died', reason];
    this.#world.facts.tell({ kind: 'ended', execution: run.name, outcome: 'died', reason });
    run.execution.stop('Cut', reason);
    this.#world.clock.touched();
  }

  /** Ends it between two states, as StopExecution does, with the way back that Step Functions has: `redrive` goes on at the same state, with the old variables. */
  suspend(name: string): void {
    if (!this.#suspended.has(name)) this.#suspended.set(name, []);
  }

  redrive(name: string): void {
    const waiting = this.#suspended.get(name) ?? [];
    this.#suspended.delete(name);
    for (const goOn of waiting) goOn();
    this.#world.clock.touched();
  }

  get running(): readonly Run[] {
    return [...this.runs.values()].filter((run) => run.endedAt === undefined);
  }

  async #task(place: Place, execution: string, evacuated: Region | undefined, request: TaskRequest): Promise<unknown> {
    const { FunctionName, Payload } = request.arguments as { readonly FunctionName: StepName; readonly Payload: { readonly epoch?: number } };
    if (isLoad(FunctionName)) {
      this.#load(Payload as LoadInput);
      return { StatusCode: 200, Payload: null };
    }
    if (!STEPS.includes(FunctionName)) throw new TaskError('Lambda.ResourceNotFoundException', FunctionName);
    const { epoch } = Payload;
    const suspended = this.#suspended.get(execution);
    if (suspended !== undefined) await new Promise<void>((resolve) => { suspended.push(resolve); });
    const output = await invoke(this.#world, { place, name: FunctionName, input: Payload, execution, ...(evacuated === undefined ? {} : { evacuated }), ...(epoch === undefined ? {} : { epoch }) });
    return { ExecutedVersion: '$LATEST', StatusCode: 200, Payload: output };
  }

  /** The load ends by itself, as its contract asks for. */
  #load({ action, factor, seconds }: LoadInput): void {
    this.#world.load = action === 'start' ? factor : 1;
    if (action === 'start') this.#world.clock.after(seconds * 1000, () => { this.#world.load = 1; });
  }

  #ended(run: Run, result: ExecutionResult): void {
    if (run.endedAt !== undefined) return;
    run.endedAt = this.#world.clock.now();
    const { outcome, reason } = endOf(result);
    [run.outcome, run.reason] = [outcome, reason];
    this.#world.facts.tell({ kind: 'ended', execution: run.name, outcome, reason });
  }
}

/** The named outcomes; anything else is a failed execution, which must not be. */
function endOf(result: ExecutionResult): { readonly outcome: Outcome | DrillOutcome | FailbackOutcome | 'failed'; readonly reason: string } {
  if (result.status === 'SUCCEEDED') {
    const { outcome, reason } = (result.output ?? {}) as { readonly outcome?: Outcome | DrillOutcome | FailbackOutcome; readonly reason?: string };
    return { outcome: outcome ?? 'failed', reason: reason ?? '' };
  }
  if (result.error === 'HandedToAHuman') return { outcome: 'Handed to a human', reason: result.cause };
  return { outcome: 'failed', reason: `${result.status} ${result.error}: ${result.cause}` };
}

/** A Task state counts when it is scheduled, once for each attempt; all other states when they are entered. */
const billed = (type: string): number => Number(type === 'TaskScheduled' || (type.endsWith('StateEntered') && type !== 'TaskStateEntered'));
