// What a rehearsal reads of Hotshift's own parts, and what IAM's simulator says of its roles. A simulation calls nothing.
import { DescribeRuleCommand, EventBridgeClient, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, SimulatePrincipalPolicyCommand, type ContextEntry } from '@aws-sdk/client-iam';
import { GetFunctionConcurrencyCommand, GetFunctionConfigurationCommand, LambdaClient, type FunctionConfiguration } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import type { Inventory, SimulatedCall, SimulatedDecision } from '../domain/inventory.ts';
import { orAbsent } from './absent.ts';
import { clientSettings, GLOBAL_REGION, perRegion } from './clients.ts';
import { asking } from './failures.ts';

type DeploymentInventory = Pick<Inventory, 'function' | 'machine' | 'rule' | 'schedule' | 'simulate'>;

const ABSENT = ['ResourceNotFoundException'];

export function deploymentInventory(): DeploymentInventory {
  const lambda = perRegion((region) => new LambdaClient(clientSettings(region, 'reading')));
  const steps = perRegion((region) => new SFNClient(clientSettings(region, 'reading')));
  const events = perRegion((region) => new EventBridgeClient(clientSettings(region, 'reading')));
  const scheduler = perRegion((region) => new SchedulerClient(clientSettings(region, 'reading')));
  // IAM has one endpoint for all regions, in us-east-1: when it is out, rights are "not checked".
  const iam = new IAMClient(clientSettings(GLOBAL_REGION, 'reading'));
  return {
    async function(region, name) {
      const FunctionName = `hotshift-${name}`;
      const resource = `${FunctionName} in ${region}`;
      const found = await orAbsent({ action: 'lambda:GetFunctionConfiguration', resource }, ABSENT, () => lambda(region).send(new GetFunctionConfigurationCommand({ FunctionName })));
      if (found === undefined) return undefined;
      const { ReservedConcurrentExecutions: reservedConcurrency } = await asking({ action: 'lambda:GetFunctionConcurrency', resource }, () => lambda(region).send(new GetFunctionConcurrencyCommand({ FunctionName })));
      return { state: found.State ?? 'unknown', codeSha256: found.CodeSha256 ?? '', roleArn: found.Role ?? '', settings: settingsOf(found), ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }) };
    },
    async machine(region, name, account) {
      const arn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
      const found = await orAbsent({ action: 'states:DescribeStateMachine', resource: arn }, ['StateMachineDoesNotExist'], () => steps(region).send(new DescribeStateMachineCommand({ stateMachineArn: arn })));
      return found === undefined ? undefined : { status: found.status ?? 'unknown', definition: found.definition ?? '' };
    },
    async rule(region, name) {
      const resource = `${name} in ${region}`;
      const found = await orAbsent({ action: 'events:DescribeRule', resource }, ABSENT, () => events(region).send(new DescribeRuleCommand({ Name: name })));
      if (found === undefined) return undefined;
      const { Targets: targets = [] } = await asking({ action: 'events:ListTargetsByRule', resource }, () => events(region).send(new ListTargetsByRuleCommand({ Rule: name })));
      return { isEnabled: found.State === 'ENABLED', targetArns: targets.flatMap(({ Arn }) => Arn ?? []) };
    },
    async schedule(region, group, name) {
      const found = await orAbsent({ action: 'scheduler:GetSchedule', resource: `${group}/${name} in ${region}` }, ABSENT, () => scheduler(region).send(new GetScheduleCommand({ GroupName: group, Name: name })));
      return found?.State;
    },
    simulate: (call) => simulate(iam, call),
  };
}

/** What must be alike in all places. VPC and role belong to the region; a variable that is the region's own would be a difference by design. */
function settingsOf({ Runtime, Handler, MemorySize, Timeout, Architectures = [], Environment }: FunctionConfiguration): string {
  return [
    `runtime=${Runtime ?? ''}`, `handler=${Handler ?? ''}`, `memory=${MemorySize ?? ''}`, `timeout=${Timeout ?? ''}`, `architecture=${Architectures.join(',')}`,
    ...Object.entries(Environment?.Variables ?? {}).sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, value]) => `${name}=${value}`),
  ].join('\n');
}

async function simulate(client: IAMClient, { roleArn, actions, resources, context }: SimulatedCall): Promise<readonly SimulatedDecision[]> {
  const decisions: SimulatedDecision[] = [];
  let marker: string | undefined;
  do {
    const page = await asking({ action: 'iam:SimulatePrincipalPolicy', resource: roleArn }, () => client.send(new SimulatePrincipalPolicyCommand({
      PolicySourceArn: roleArn, ActionNames: [...actions], ResourceArns: [...resources], ContextEntries: context.map(contextEntry), ...(marker === undefined ? {} : { Marker: marker }),
    })));
    for (const { EvalActionName: action = '', EvalResourceName: resource = '*', EvalDecision: decision = 'unknown', ResourceSpecificResults: each = [] } of page.EvaluationResults ?? []) {
      if (each.length === 0) decisions.push({ action, resource, decision });
      else decisions.push(...each.map((result) => ({ action, resource: result.EvalResourceName ?? '', decision: result.EvalResourceDecision ?? 'unknown' })));
    }
    marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (marker !== undefined);
  if (actions.some((action) => !decisions.some((decision) => decision.action === action))) throw new UnexpectedAnswerError(`iam:SimulatePrincipalPolicy on ${roleArn}: not every action was answered`);
  return decisions;
}

const contextEntry = ({ key, values, isList }: SimulatedCall['context'][number]): ContextEntry =>
  ({ ContextKeyName: key, ContextKeyValues: [...values], ContextKeyType: isList ? 'stringList' : 'string' });
