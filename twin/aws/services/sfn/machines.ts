// State machines, per region: created from a definition, described, listed. What the interpreter cannot run is an InvalidDefinition.
import type { CreateStateMachineCommandInput } from '@aws-sdk/client-sfn';
import { DefinitionError, load, type StateMachine } from '../../../../asl/index.ts';
import { ACCOUNT_ID, AwsError, type CallContext, type Clock, type Handler } from '../../service.ts';
import { pageOf } from './page.ts';

export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly machine: StateMachine;
  readonly createdAt: number;
}

export const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{1,80}$/;

export class Machines {
  readonly #machines = new Map<string, Machine>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The machine of an ARN, a version or alias being ignored; throws as AWS does. */
  get(arn: string, region: string): Machine {
    if (!/^arn:aws:states:[a-z0-9-]+:\d{12}:stateMachine:[^:]+(:[^:]+)?$/.test(arn)) throw new AwsError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${arn}'`);
    const machine = this.#machines.get(arn.split(':').slice(0, 7).join(':'));
    if (machine === undefined || machine.region !== region) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return machine;
  }

  create({ name = '', definition = '', roleArn = '', type }: CreateStateMachineCommandInput, region: string): Machine {
    if (!NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
    if (type === 'EXPRESS') throw new AwsError('NotImplemented', 'The twin has no express workflows', { status: 501 });
    const arn = `arn:aws:states:${region}:${ACCOUNT_ID}:stateMachine:${name}`;
    const known = this.#machines.get(arn);
    if (known !== undefined) {
      if (known.definition === definition && known.roleArn === roleArn) return known;
      throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    }
    const machine: Machine = { arn, name, region, definition, roleArn, machine: loadDefinition(definition), createdAt: this.#clock.now() };
    this.#machines.set(arn, machine);
    return machine;
  }

  handlers(): Record<'CreateStateMachine' | 'DescribeStateMachine' | 'ListStateMachines', Handler> {
    return {
      CreateStateMachine: (input: CreateStateMachineCommandInput, { region }: CallContext) => {
        const { arn, createdAt } = this.create(input, region);
        return { stateMachineArn: arn, creationDate: new Date(createdAt) };
      },
      DescribeStateMachine: ({ stateMachineArn }: { stateMachineArn: string }, { region }) => {
        const { arn, name, definition, roleArn, createdAt } = this.get(stateMachineArn, region);
        return { stateMachineArn: arn, name, status: 'ACTIVE', definition, roleArn, type: 'STANDARD', creationDate: new Date(createdAt) };
      },
      ListStateMachines: (input: { maxResults?: number; nextToken?: string }, { region }) => {
        const { items, nextToken } = pageOf([...this.#machines.values()].filter((machine) => machine.region === region), input);
        return { stateMachines: items.map(({ arn, name, createdAt }) => ({ stateMachineArn: arn, name, type: 'STANDARD', creationDate: new Date(createdAt) })), ...(nextToken === undefined ? {} : { nextToken }) };
      },
    };
  }
}

function loadDefinition(text: string): StateMachine {
  try {
    return load(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw new AwsError('InvalidDefinition', `Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: ${error.message}'`);
    if (error instanceof DefinitionError) throw new AwsError('InvalidDefinition', `Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ${error.problems.join('; ')}'`);
    throw error;
  }
}
