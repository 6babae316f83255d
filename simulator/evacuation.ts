// An evacuation in a fleet: the real statemachines/evacuate.asl.yaml on the fleet's clock, its one step with the production verb and its
// contract, and the failovers that it starts in the worlds of their applications.
import { readFileSync } from 'node:fs';
import { TaskError, execute, loadYaml, type Execution, type ExecutionResult, type StateMachine, type TaskRequest } from '../asl/index.ts';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import type { Region } from '../domain/plan.ts';
import { musterInput, musterOutput } from '../events/contracts-evacuate.ts';
import { muster, type MusterInput } from '../functions/muster/muster.ts';
import type { Caller } from './calls.ts';
import type { Fleet, Member } from './fleet.ts';
import { portsFor, type SimulatedPorts } from './ports.ts';

export interface EvacuationOptions {
  readonly fleet: Fleet; readonly region: Region; readonly name: string;
  readonly transitionMs?: () => number;
  /** Each state that is entered or tried again. */
  readonly onTransition?: () => void;
}

let loaded: StateMachine | undefined;
const machine = (): StateMachine => loaded ??= loadYaml(readFileSync(new URL('../statemachines/evacuate.asl.yaml', import.meta.url), 'utf8'), { MusterFunctionArn: 'muster', FailoverStateMachineArn: 'arn:aws:states:eu-central-1:111122223333:stateMachine:hotshift-failover' });

interface Start { readonly Name: string; readonly Input: { readonly application: string; readonly region: Region; readonly mode: string } }

/** Starts it in the region that survives. */
export function evacuate({ fleet, region, name, transitionMs, onTransition }: EvacuationOptions): Execution {
  const [first] = [...fleet.members.values()];
  if (first === undefined) throw new RangeError('the fleet has no application');
  const { world, standby: place } = first;
  const execution = execute(machine(), {
    input: { region, requestedBy: 'ana', reason: 'the region is gone' }, name, random: () => world.random.next(),
    executionArn: `arn:aws:states:${place}:111122223333:execution:hotshift-evacuate:${name}`, stateMachineArn: `arn:aws:states:${place}:111122223333:stateMachine:hotshift-evacuate`, stateMachineName: 'hotshift-evacuate',
    clock: { now: () => fleet.clock.now(), sleep: (delayMs, signal) => world.places.sleep(place, delayMs, signal) },
    tasks: { run: (request) => perform(fleet, first, request) },
    ...(transitionMs === undefined ? {} : { transitionMs }),
    onEvent: ({ type }) => { if (type === 'TaskScheduled' || (type.endsWith('StateEntered') && type !== 'TaskStateEntered')) onTransition?.(); },
  });
  fleet.clock.touched();
  return execution;
}

/** The end in words, as people read it. */
export function endOf(result: ExecutionResult): { readonly outcome: string; readonly reason: string } {
  if (result.status === 'SUCCEEDED') return { outcome: (result.output as { readonly outcome: string }).outcome, reason: '' };
  return { outcome: result.error === 'HandedToAHuman' ? 'Handed to a human' : result.error, reason: result.cause };
}

function perform(fleet: Fleet, first: Member, request: TaskRequest): Promise<unknown> {
  const given = request.arguments as { readonly FunctionName?: string; readonly Payload?: unknown };
  return given.FunctionName === 'muster' ? step(fleet, first, given.Payload) : start(fleet, request.arguments as Start);
}

/** Like StartExecution: the same name again is the same execution while it runs, and refused when it has ended. */
async function start(fleet: Fleet, { Name, Input }: Start): Promise<unknown> {
  const { world, standby } = fleet.member(Input.application);
  const known = world.executions.runs.get(Name);
  if (known?.endedAt !== undefined) throw new TaskError('StepFunctions.ExecutionAlreadyExistsException', `Execution Already Exists: '${Name}'`);
  world.executions.start(standby, Name, { ...Input });
  return Promise.resolve({ ExecutionArn: Name });
}

async function step(fleet: Fleet, first: Member, payload: unknown): Promise<unknown> {
  const input = musterInput.parse(payload) as MusterInput;
  const plans = [...fleet.members.values()].map(({ world }) => world.plan);
  try {
    const output = musterOutput.parse(JSON.parse(JSON.stringify(await muster(portsOfFleet(fleet, first), plans)(input))));
    return { StatusCode: 200, Payload: output };
  } catch (error) {
    throw new TaskError(error instanceof Error && !('issues' in error) ? error.name : UnexpectedAnswerError.name, JSON.stringify({ errorMessage: String(error) }));
  }
}

/** The one table holds all applications; in the simulator each world has its own part of it. */
function portsOfFleet(fleet: Fleet, first: Member): Pick<SimulatedPorts, 'leases' | 'permits' | 'journal' | 'clock'> {
  const ports = new Map<string, SimulatedPorts>();
  const of = (application: string): SimulatedPorts => {
    const { world, standby } = fleet.member(application);
    const caller: Caller = { place: standby, kind: 'step', label: 'muster', life: world.places.life(standby), dead: false, crash: () => undefined };
    const found = ports.get(application) ?? portsFor(world, caller);
    ports.set(application, found);
    return found;
  };
  const owner = (execution: string): string => [...fleet.members.keys()].find((application) => execution.startsWith(`${application}-`)) ?? first.world.plan.application;
  return {
    clock: of(first.world.plan.application).clock,
    leases: { read: (application) => of(application).leases.read(application), replace: (seen, next) => of(seen.application).leases.replace(seen, next) },
    permits: {
      ...of(first.world.plan.application).permits,
      read: (application, database) => of(application).permits.read(application, database),
    },
    journal: { record: (entry) => of(entry.application).journal.record(entry), list: (execution) => of(owner(execution)).journal.list(execution) },
  };
}
