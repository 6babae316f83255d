// Step Functions: standard workflows run by the project's own interpreter, on the clock that is handed in; tasks call the endpoint's
// services in their own region. Wiring only. No express workflows, versions, activities, map runs or redrive.
import * as client from '@aws-sdk/client-sfn';
import type { Clock } from '../../../asl/index.ts';
import { ACCOUNT_ID, type Service } from '../service.ts';
import type { ServiceCall } from '../server.ts';
import type { BusEvent } from './eventbridge/event.ts';
import { Executions } from './sfn/executions.ts';
import { Machines } from './sfn/machines.ts';
import { taskRunner } from './sfn/task-runner.ts';

export interface SfnOptions {
  /** `sleep` should end early when its signal aborts, or timers outlive their executions. */
  readonly clock: Clock;
  /** Calls services for tasks; usually `(...call) => endpoint.call(...call)`. */
  readonly call: ServiceCall;
  /** Where changes of status go: usually EventBridge's `emit`. */
  readonly emit: (event: BusEvent) => void;
  readonly random?: () => number;
  readonly machines?: readonly { readonly region: string; readonly name: string; readonly definition: string; readonly roleArn?: string }[];
  /** Resolves once a region is alive: tasks of a dead region wait for it, as executions do when their region is gone. */
  readonly alive?: (region: string) => Promise<void>;
}

export function sfnService({ clock, call, emit, random = Math.random, machines: seeds = [], alive = async () => undefined }: SfnOptions): Service {
  const machines = new Machines(clock);
  for (const { region, name, definition, roleArn = `arn:aws:iam::${ACCOUNT_ID}:role/twin` } of seeds) machines.create({ name, definition, roleArn }, region);
  const tasksIn = (region: string) => {
    const runner = taskRunner(call, region);
    return { run: async (request: Parameters<typeof runner.run>[0]) => {
      await alive(region);
      // Meanwhile the task may have timed out or been stopped.
      request.signal.throwIfAborted();
      return runner.run(request);
    } };
  };
  const executions = new Executions(machines, { clock, random, emit, tasksIn });
  return { name: 'sfn', signingName: 'states', client, scope: 'regional', handlers: { ...machines.handlers(), ...executions.handlers() } };
}
