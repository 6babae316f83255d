// Executions: started once per name, run by the interpreter, watched, stopped, answered by task token. Every change of status is told
// as AWS's event.
import type { GetExecutionHistoryCommandInput, HistoryEvent, ListExecutionsCommandInput, StartExecutionCommandInput } from '@aws-sdk/client-sfn';
import { randomUUID } from 'node:crypto';
import { execute, TaskTokenError, type Clock, type Execution, type ExecutionResult, type TaskRunner } from '../../../../asl/index.ts';
import { AwsError, type CallContext, type Handler } from '../../service.ts';
import { busEvent, type BusEvent } from '../eventbridge/event.ts';
import { NAME, type Machine, type Machines } from './machines.ts';
import { pageOf } from './page.ts';

interface Started {
  readonly arn: string;
  readonly name: string;
  readonly machine: Machine;
  readonly input: string;
  readonly startedAt: number;
  readonly execution: Execution;
  ended?: { readonly at: number; readonly result: ExecutionResult };
}

export interface ExecutionsOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly tasksIn: (region: string) => TaskRunner;
  readonly emit: (event: BusEvent) => void;
}

/** AWS: 256 KB, counted in UTF-8. */
const INPUT_BYTES_MAX = 262_144;

export class Executions {
  readonly #executions = new Map<string, Started>();
  readonly #machines: Machines;
  readonly #options: ExecutionsOptions;

  constructor(machines: Machines, options: ExecutionsOptions) {
    this.#machines = machines;
    this.#options = options;
  }

  handlers(): Record<string, Handler> {
    return {
      StartExecution: (input: StartExecutionCommandInput, { region }: CallContext) => this.#start(input, region),
      DescribeExecution: ({ executionArn }: { executionArn: string }, { region }) => ({ ...describe(this.#get(executionArn, region)), inputDetails: { included: true } }),
      ListExecutions: (input: ListExecutionsCommandInput, { region }) => this.#list(input, region),
      GetExecutionHistory: (input: GetExecutionHistoryCommandInput, { region }) => this.#history(input, region),
      StopExecution: ({ executionArn, error, cause }: { executionArn: string; error?: string; cause?: string }, { region }) => this.#stop(executionArn, region, error, cause),
      SendTaskSuccess: ({ taskToken, output }: { taskToken: string; output: string }, { region }) => {
        const value = json(output, 'InvalidOutput', 'Invalid Output');
        answer(() => this.#waiting(taskToken, region).taskSuccess(taskToken, value));
        return {};
      },
      SendTaskFailure: ({ taskToken, error = '', cause = '' }: { taskToken: string; error?: string; cause?: string }, { region }) => {
        answer(() => this.#waiting(taskToken, region).taskFailure(taskToken, error, cause));
        return {};
      },
      SendTaskHeartbeat: ({ taskToken }: { taskToken: string }, { region }) => {
        answer(() => this.#waiting(taskToken, region).taskHeartbeat(taskToken));
        return {};
      },
    };
  }

  #start({ stateMachineArn = '', name = randomUUID(), input = '{}' }: StartExecutionCommandInput, region: string) {
    const machine = this.#machines.get(stateMachineArn, region);
    if (!NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
    const value = json(input, 'InvalidExecutionInput', 'Invalid State Machine Execution Input');
    if (Buffer.byteLength(input) > INPUT_BYTES_MAX) throw new AwsError('ValidationException', `1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${INPUT_BYTES_MAX}`);
    const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const known = this.#executions.get(arn);
    if (known !== undefined) {
      // The same call again is answered as before, while the execution runs. Afterwards its name stays taken (90 days).
      if (known.ended === undefined && known.input === input) return { executionArn: arn, startDate: new Date(known.startedAt) };
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    this.#run(machine, arn, name, input, value);
    return { executionArn: arn, startDate: new Date(this.#get(arn, region).startedAt) };
  }

  #run(machine: Machine, arn: string, name: string, input: string, value: unknown): void {
    const { clock, random, tasksIn } = this.#options;
    const startedAt = clock.now();
    const execution = execute(machine.machine, {
      input: value, name, executionArn: arn, stateMachineArn: machine.arn, stateMachineName: machine.name, roleArn: machine.roleArn,
      startTime: startedAt, clock, random, tasks: tasksIn(machine.region),
    });
    const started: Started = { arn, name, machine, input, startedAt, execution };
    this.#executions.set(arn, started);
    this.#tell(started);
    void execution.result.then((result) => {
      started.ended = { at: clock.now(), result };
      this.#tell(started);
    });
  }

  #tell(started: Started): void {
    const { startDate, stopDate, ...rest } = describe(started);
    const detail = { ...rest, startDate: startDate.getTime(), stopDate: stopDate?.getTime() ?? null, inputDetails: { included: true }, outputDetails: { included: true } };
    this.#options.emit(busEvent({
      source: 'aws.states', detailType: 'Step Functions Execution Status Change', region: started.machine.region, atMs: this.#options.clock.now(), resources: [started.arn], detail,
    }));
  }

  #get(arn: string, region: string): Started {
    if (!/^arn:aws:states:[a-z0-9-]+:\d{12}:execution:[^:]+:[^:]+$/.test(arn)) throw new AwsError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${arn}'`);
    const started = this.#executions.get(arn);
    if (started === undefined || started.machine.region !== region) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return started;
  }

  #list({ stateMachineArn = '', statusFilter, ...paging }: ListExecutionsCommandInput, region: string) {
    const machine = this.#machines.get(stateMachineArn, region);
    const found = [...this.#executions.values()].filter((started) => started.machine === machine && (statusFilter === undefined || describe(started).status === statusFilter)).reverse();
    const { items, nextToken } = pageOf(found, paging);
    const executions = items.map((started) => {
      const { executionArn, name, status, startDate, stopDate } = describe(started);
      return { executionArn, stateMachineArn, name, status, startDate, ...(stopDate === undefined ? {} : { stopDate }) };
    });
    return { executions, ...(nextToken === undefined ? {} : { nextToken }) };
  }

  #history({ executionArn = '', reverseOrder, ...paging }: GetExecutionHistoryCommandInput, region: string) {
    const { history } = this.#get(executionArn, region).execution;
    const { items, nextToken } = pageOf(reverseOrder === true ? history.toReversed() : history, paging);
    return { events: items as readonly unknown[] as HistoryEvent[], ...(nextToken === undefined ? {} : { nextToken }) };
  }

  async #stop(arn: string, region: string, error?: string, cause?: string) {
    const started = this.#get(arn, region);
    // Stopping what has ended is no error.
    if (started.ended === undefined) {
      started.execution.stop(error, cause);
      await started.execution.result;
    }
    return { stopDate: new Date(started.ended?.at ?? this.#options.clock.now()) };
  }

  #waiting(token: string, region: string): Execution {
    const found = [...this.#executions.values()].find(({ machine, execution }) => machine.region === region && execution.knowsToken(token));
    if (found === undefined) throw new AwsError('InvalidToken', `Invalid Token: '${token.slice(0, 50)}'`);
    return found.execution;
  }
}

function describe({ arn, name, machine, input, startedAt, ended }: Started) {
  const result = ended?.result;
  return {
    executionArn: arn, stateMachineArn: machine.arn, name, input, startDate: new Date(startedAt), status: result?.status ?? 'RUNNING',
    ...(ended === undefined ? {} : { stopDate: new Date(ended.at) }),
    ...(result?.status === 'SUCCEEDED' ? { output: JSON.stringify(result.output), outputDetails: { included: true } } : {}),
    ...(result === undefined || result.status === 'SUCCEEDED' ? {} : { error: result.error, cause: result.cause }),
  };
}

function answer(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof TaskTokenError) throw new AwsError(error.name, error.message);
    throw error;
  }
}

function json(text: string, code: string, message: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new AwsError(code, `${message}: 'the text is not valid JSON'`);
  }
}
