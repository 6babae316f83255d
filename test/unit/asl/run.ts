// Runs small definitions on a virtual clock with scripted tasks.
import { execute, load, TaskError, type Execution, type ExecutionResult, type TaskRequest } from '../../../asl/index.ts';
import { VirtualClock } from './virtual-clock.ts';

export const LAMBDA = 'arn:aws:states:::lambda:invoke';
type Step = (request: TaskRequest, call: number) => unknown;
export interface Ran { readonly result: ExecutionResult; readonly execution: Execution; readonly clock: VirtualClock; readonly calls: readonly string[]; readonly seconds: number }

export const task = (extra: object = {}): object => ({ Type: 'Task', Resource: LAMBDA, ...('Next' in extra ? {} : { End: true }), ...extra });
export const machine = (states: Record<string, object>, extra: object = {}): object => ({ QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...extra });
export const fails = (error: string, cause = ''): Step => () => {
  throw new TaskError(error, cause);
};

/** Step handlers by state name; `during` may talk to the execution while it runs. */
export async function run(definition: object, { input = {}, steps = {}, random = () => 0.5, during }: { input?: unknown; steps?: Record<string, Step>; random?: () => number; during?: (execution: Execution, clock: VirtualClock) => void } = {}): Promise<Ran> {
  const clock = new VirtualClock();
  const startedAt = clock.now();
  const calls: string[] = [];
  const execution = execute(load(definition), {
    input, name: 'run', executionArn: 'arn:run', stateMachineArn: 'arn:machine', stateMachineName: 'machine', clock, random,
    tasks: {
      async run(request) {
        calls.push(request.stateName);
        return steps[request.stateName]?.(request, calls.filter((name) => name === request.stateName).length) ?? null;
      },
    },
  });
  during?.(execution, clock);
  const result = await clock.settle(execution.result);
  return { result, execution, clock, calls, seconds: (clock.now() - startedAt) / 1000 };
}

export const succeeded = (output: unknown): object => ({ status: 'SUCCEEDED', output });
export const pause = (clock: VirtualClock, seconds: number): Promise<void> => clock.sleep(seconds * 1000);
