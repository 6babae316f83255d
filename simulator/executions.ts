// Step Functions of the places: the real statemachines/failover.asl.yaml runs in asl/ on the virtual clock. An execution lives in a
// place and dies with it; a name is started once.
import { readFileSync } from 'node:fs';
import { TaskError, execute, loadYaml, type Execution, type ExecutionResult, type StateMachine, type TaskRequest } from '../asl/index.ts';
import type { Outcome } from '../domain/journal.ts';
import type { Region } from '../domain/plan.ts';
import { invoke } from './lambdas.ts';
import type { Place } from './places.ts';
import type { StepName } from './steps.ts';
import type { World } from './world.ts';

const STEPS: readonly StepName[] = ['announce', 'approve', 'assess', 'claim', 'conclude', 'confirm', 'fence', 'promote', 'scale', 'shift', 'verify', 'warm'];
const arnName = (step: string): string => `${step.charAt(0).toUpperCase()}${step.slice(1)}FunctionArn`;

let loaded: StateMachine | undefined;
/** The state machine as it is deployed; each function's ARN is its name. */
export function failoverMachine(): StateMachine {
  loaded ??= loadYaml(readFileSync(new URL('../statemachines/failover.asl.yaml', import.meta.url), 'utf8'), Object.fromEntries(STEPS.map((step) => [arnName(step), step])));
  return loaded;
}

export interface Run {
  readonly name: string; readonly place: Place; readonly evacuated: Region; readonly startedAt: number; readonly manual: boolean;
  execution: Execution;
  endedAt?: number;
  outcome?: Outcome | 'died' | 'failed';
  reason?: string;
}
interface Input { readonly region: Region; readonly mode?: string }

export class Executions {
  readonly #world: World;
  readonly runs = new Map<string, Run>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Starts an execution; the same name again is the same execution, running or ended (ExecutionAlreadyExists). */
  start(place: Place, name: string, input: Input & Readonly<Record<string, unknown>>): void {
    const { places, clock, facts, random } = this.#world;
    if (this.runs.has(name) || places.state(place) === 'dead') return;
    const [evacuated, manual] = [input.region, input.mode === 'manual'];
    facts.tell({ kind: 'started', execution: name, region: place, evacuated, manual });
    const execution = execute(failoverMachine(), {
      input, name, random: () => random.next(), startTime: places.now(place),
      executionArn: `arn:aws:states:${place}:111122223333:execution:hotshift-failover:${name}`,
      stateMachineArn: `arn:aws:states:${place}:111122223333:stateMachine:hotshift-failover`, stateMachineName: 'hotshift-failover',
      clock: { now: () => places.now(place), sleep: (delayMs, signal) => places.sleep(place, delayMs, signal) },
      tasks: { run: (request) => this.#task(place, name, evacuated, request) },
      onEvent: (event) => {
        const { name: state } = (event['stateEnteredEventDetails'] ?? {}) as { readonly name?: string };
        if (state !== undefined) facts.tell({ kind: 'state', execution: name, state });
      },
    });
    const run: Run = { name, place, evacuated, manual, startedAt: clock.now(), execution };
    this.runs.set(name, run);
    clock.touched();
    void execution.result.then((result) => this.#ended(run, result));
  }

  /** Everything that ran in a place has died with it. */
  died(place: Place): void {
    for (const run of this.runs.values()) {
      if (run.place !== place || run.endedAt !== undefined) continue;
      [run.endedAt, run.outcome, run.reason] = [this.#world.clock.now(), 'died', `${place} died`];
      this.#world.facts.tell({ kind: 'ended', execution: run.name, outcome: 'died', reason: run.reason });
      run.execution.stop('RegionDied', place);
      this.#world.clock.touched();
    }
  }

  get running(): readonly Run[] {
    return [...this.runs.values()].filter((run) => run.endedAt === undefined);
  }

  async #task(place: Place, execution: string, evacuated: Region, request: TaskRequest): Promise<unknown> {
    const { FunctionName, Payload } = request.arguments as { readonly FunctionName: StepName; readonly Payload: { readonly epoch?: number } };
    if (!STEPS.includes(FunctionName)) throw new TaskError('Lambda.ResourceNotFoundException', FunctionName);
    const { epoch } = Payload;
    const output = await invoke(this.#world, { place, name: FunctionName, input: Payload, execution, evacuated, ...(epoch === undefined ? {} : { epoch }) });
    return { ExecutedVersion: '$LATEST', StatusCode: 200, Payload: output };
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
function endOf(result: ExecutionResult): { readonly outcome: Outcome | 'failed'; readonly reason: string } {
  if (result.status === 'SUCCEEDED') {
    const { outcome, reason } = (result.output ?? {}) as { readonly outcome?: Outcome; readonly reason?: string };
    return { outcome: outcome ?? 'failed', reason: reason ?? '' };
  }
  if (result.error === 'HandedToAHuman') return { outcome: 'Handed to a human', reason: result.cause };
  return { outcome: 'failed', reason: `${result.status} ${result.error}: ${result.cause}` };
}
