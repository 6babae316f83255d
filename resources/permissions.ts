// What each function may do, and to what: one statement per kind of call, bound to the configured ARNs and record names.
// The only source of the roles and of the table in docs/security.md; test/unit/resources holds it against what the code can send.
import type { ApplicationPlan, Region } from '../domain/plan.ts';
import { arn, type Statement } from './cloudformation.ts';
import { scaling } from './permissions-capacity.ts';
import { changeRecords, readRecords, routingControls } from './permissions-records.ts';
import { describeSides, instancesOf, keepLostWrites, promoteSides, sidesFor } from './permissions-databases.ts';
import { readApplications, readDeployment, secretsToDescribe } from './permissions-rehearse.ts';
import { ARCHIVED, recordsArn } from './evidence.ts';
import { actingRegions, allInstances, listening, type Plans } from './plans.ts';

type TableAction = 'GetItem' | 'Query' | 'PutItem' | 'UpdateItem';

/** The items of the configured applications: an item of another application in a shared table is out of reach. */
const useTable = (region: Region, plans: Plans, actions: readonly TableAction[]): Statement => ({
  Sid: 'UseTable', Effect: 'Allow', Action: actions.map((action) => `dynamodb:${action}`), Resource: arn('dynamodb', `table/${plans.table}`, region),
  Condition: {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...plans.applications.flatMap(({ application }) => [`app#${application}`, `obs#${application}`]), 'exec#*'] },
    // ForAllValues passes on an empty set: the key must be there.
    Null: { 'dynamodb:LeadingKeys': 'false' },
  },
});

/** What the servers of the applications write lies apart, so that their own roles need no write on anything else. */
const useRenewals = (region: Region, plans: Plans, ...actions: readonly ('Query' | 'DeleteItem')[]): Statement => ({
  Sid: 'UseRenewals', Effect: 'Allow', Action: actions.map((action) => `dynamodb:${action}`), Resource: arn('dynamodb', `table/${plans.table}`, region),
  Condition: {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': plans.applications.flatMap(({ application, databases }) => databases.map(({ name }) => `renewals#${application}#${name}`)) },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  },
});

/** A secret's ARN ends in six random characters; the name alone does not tell them. */
const readSecrets = (wanted: readonly { readonly id: string; readonly region: Region }[]): readonly Statement[] => {
  const names = [...new Map(wanted.map((secret) => [`${secret.region} ${secret.id}`, secret])).values()];
  return names.length === 0 ? [] : [{
    Sid: 'ReadSecrets', Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'],
    Resource: names.map(({ id, region }) => (id.startsWith('arn:') ? id : arn('secretsmanager', `secret:${id}-??????`, region))),
  }];
};

const databaseSecrets = (region: Region, plans: Plans): readonly Statement[] =>
  readSecrets(sidesFor(region, plans).map((entry) => ({ id: entry.instance.secretId, region: entry.region })));

const describeDatabases = (region: Region, plans: Plans): readonly Statement[] => describeSides(sidesFor(region, plans));

function tellPeople(region: Region, plans: Plans): readonly Statement[] {
  const tokens = plans.applications.flatMap(({ notifications: { slack, pagerDuty } }) => [...(slack === undefined ? [] : [slack.tokenSecretId]), ...(pagerDuty === undefined ? [] : [pagerDuty.routingKeySecretId])]).map((id) => ({ id, region }));
  const topics = [...new Set(plans.applications.flatMap(({ notifications }) => notifications.snsTopicArns[region] ?? []))];
  return [...readSecrets(tokens), ...(topics.length === 0 ? [] : [{ Sid: 'Notify', Effect: 'Allow', Action: ['sns:Publish'], Resource: topics } as const])];
}

const suspect = (plans: Plans): Statement => ({
  Sid: 'Suspect', Effect: 'Allow', Action: ['events:PutEvents'],
  Resource: [...new Set(plans.applications.flatMap(placesOf))].map((bus) => arn('events', 'event-bus/default', bus)),
  Condition: { StringEquals: { 'events:source': 'hotshift' } },
});
const placesOf = (plan: ApplicationPlan): readonly Region[] => [...plan.regions, plan.witness];

/** What the application's servers read and hear, in the regions that a workflow of this place may give the writer to. */
function tellSessions(region: Region, plans: Plans): readonly Statement[] {
  const places = actingRegions(region, plans);
  const parameters = plans.applications.flatMap(({ sessions, regions }) => (sessions?.parameterName === undefined ? [] : regions.filter((place) => places.includes(place)).map((place) => arn('ssm', `parameter${sessions.parameterName}`, place))));
  const topics = [...new Set(plans.applications.flatMap(({ sessions }) => places.flatMap((place) => sessions?.topicArns[place] ?? [])))];
  return [
    ...(parameters.length === 0 ? [] : [{ Sid: 'WriteParameter', Effect: 'Allow', Action: ['ssm:GetParameter', 'ssm:PutParameter'], Resource: parameters } as const]),
    ...(topics.length === 0 ? [] : [{ Sid: 'TellApplication', Effect: 'Allow', Action: ['sns:Publish'], Resource: topics } as const]),
  ];
}

/** The owners' functions in the regions that a workflow of this place gives the writer to. */
function callHooks(region: Region, plans: Plans): readonly Statement[] {
  const arns = [...new Set(plans.applications.flatMap(({ hooks = [] }) => hooks.flatMap(({ functionArns }) => Object.entries(functionArns))).flatMap(([place, one]) => (actingRegions(region, plans).includes(place) ? [one] : [])))];
  return arns.length === 0 ? [] : [{ Sid: 'CallHooks', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: arns }];
}

/** By prefix and by name, in the region that has the users; of a failback, which runs in the witness, that is either of the pair. */
const readAlarms = (region: Region, plans: Plans): Statement => ({ Sid: 'SeeAlarms', Effect: 'Allow', Action: ['cloudwatch:DescribeAlarms'], Resource: actingRegions(region, plans).map((place) => arn('cloudwatch', 'alarm:*', place)) });

/** A failback runs in the witness, where either of the pair may be acted on; with no more than the planned instances and what they are set aside as. */
function rebuildReplicas(region: Region, plans: Plans): readonly Statement[] {
  const sides = instancesOf(sidesFor(region, plans));
  const instances = sides.map(({ instance }) => instance.arn);
  // An Aurora cluster comes back by itself: of it there is nothing to do but look.
  if (instances.length === 0) return describeDatabases(region, plans);
  const named = [...instances, ...instances.map((one) => `${one}-aside-*`)];
  // The groups of parameters, options and subnets are the old instance's own, by whatever name; a new replica is asked about all of them.
  const groups = [...new Set(sides.map((entry) => entry.region))].flatMap((place) => ['pg', 'og', 'subgrp'].map((kind) => arn('rds', `${kind}:*`, place)));
  return [
    ...describeDatabases(region, plans).map((statement) => (statement.Sid === 'DescribeDatabases' ? { ...statement, Resource: named } : statement)),
    { Sid: 'SetAside', Effect: 'Allow', Action: ['rds:ModifyDBInstance'], Resource: named },
    { Sid: 'CreateReplica', Effect: 'Allow', Action: ['rds:CreateDBInstanceReadReplica'], Resource: [...instances, ...groups] },
    // Tags of the old instance go to the new one in the same call.
    { Sid: 'TagReplica', Effect: 'Allow', Action: ['rds:AddTagsToResource'], Resource: instances },
  ];
}

/** EC2 lists security group rules without asking for which group: reading is bound to the region only. */
function closeNetwork(region: Region, plans: Plans): readonly Statement[] {
  const groups = [...new Set(allInstances(plans).filter((entry) => entry.region === region).map(({ instance }) => instance.securityGroupId))];
  return groups.length === 0 ? [] : [
    { Sid: 'ReadRules', Effect: 'Allow', Action: ['ec2:DescribeSecurityGroupRules'], Resource: '*', Condition: { StringEquals: { 'ec2:Region': region } } },
    { Sid: 'CloseNetwork', Effect: 'Allow', Action: ['ec2:RevokeSecurityGroupIngress', 'ec2:AuthorizeSecurityGroupIngress'], Resource: groups.map((group) => arn('ec2', `security-group/${group}`, region)) },
  ];
}

/** Of those applications alone whose people are heard. */
function drillMachines(plans: Plans): Statement['Resource'] {
  const heard = plans.applications.filter(({ notifications }) => notifications.slack?.people !== undefined);
  const all = (places: readonly Region[], name: string) => [...new Set(places)].map((place) => arn('states', `stateMachine:hotshift-${name}`, place));
  return [...all(heard.flatMap(({ regions }) => regions), 'drill'), ...all(heard.map(({ witness }) => witness), 'failback')];
}

/** The statements of one function in one region. Unknown functions have none: a new one must be added here. */
export function permissionsOf(name: string, region: Region, plans: Plans): readonly Statement[] {
  const table = (...actions: readonly TableAction[]): Statement => useTable(region, plans, actions);
  switch (name) {
    case 'observe': return [table('GetItem', 'Query', 'PutItem', 'UpdateItem'), suspect(plans)];
    case 'verify': return [table('GetItem', 'Query', 'PutItem')];
    case 'claim': return [table('GetItem', 'PutItem'), useRenewals(region, plans, 'Query')];
    case 'conclude': return [table('GetItem', 'PutItem')];
    case 'warm': return [table('GetItem', 'PutItem'), ...tellSessions(region, plans)];
    case 'confirm': return [table('GetItem', 'Query', 'PutItem')];
    case 'fence': return [table('GetItem', 'PutItem', 'UpdateItem'), useRenewals(region, plans, 'Query')];
    case 'assess': return [table('GetItem', 'Query', 'PutItem'), useRenewals(region, plans, 'Query'), ...describeDatabases(region, plans), ...databaseSecrets(region, plans)];
    case 'promote': return [
      table('GetItem', 'Query', 'PutItem'), useRenewals(region, plans, 'Query'), ...describeDatabases(region, plans),
      ...promoteSides(region, plans), ...databaseSecrets(region, plans),
    ];
    case 'shift': return [table('GetItem', 'Query', 'PutItem'), ...readRecords(plans), ...changeRecords(plans), ...routingControls(plans)];
    case 'muster': return [table('GetItem', 'Query'), useRenewals(region, plans, 'Query')];
    case 'answer': return [table('GetItem')];
    case 'survey': return [table('GetItem', 'Query', 'PutItem'), useRenewals(region, plans, 'Query'), ...describeDatabases(region, plans)];
    case 'compare': return [table('GetItem', 'Query', 'PutItem'), ...describeDatabases(region, plans), ...databaseSecrets(region, plans)];
    case 'rebuild': return [table('GetItem', 'Query', 'PutItem', 'UpdateItem'), useRenewals(region, plans, 'Query'), ...rebuildReplicas(region, plans), ...databaseSecrets(region, plans)];
    case 'hear': return [
      table('GetItem', 'Query', 'PutItem', 'UpdateItem'), ...tellPeople(region, plans),
      ...readSecrets(listening(plans).map(({ signingSecretId }) => ({ id: signingSecretId, region }))).map((statement) => ({ ...statement, Sid: 'ReadSigningSecrets' })),
      // A waiting failover runs in the survivor, or in the witness; the token in the table says which execution.
      { Sid: 'Answer', Effect: 'Allow', Action: ['states:SendTaskSuccess'], Resource: '*' },
      // /hotshift drill: of traffic in the region that takes the users, a switchover in the witness.
      { Sid: 'StartDrill', Effect: 'Allow', Action: ['states:StartExecution'], Resource: drillMachines(plans) },
    ];
    case 'call': return [table('GetItem', 'Query', 'PutItem'), ...callHooks(region, plans)];
    case 'scale': return [table('GetItem', 'Query', 'PutItem'), ...scaling(region, plans)];
    case 'prepare': return [table('GetItem', 'Query', 'PutItem'), ...readRecords(plans), readAlarms(region, plans)];
    case 'hold': return [
      table('GetItem', 'Query', 'PutItem'), readAlarms(region, plans), ...scaling(region, plans, true),
    ];
    case 'archive': return [
      table('GetItem', 'Query', 'PutItem'),
      { Sid: 'ReadHistories', Effect: 'Allow', Action: ['states:GetExecutionHistory'], Resource: ARCHIVED.map((machine) => arn('states', `execution:hotshift-${machine}:*`, region)) },
      { Sid: 'KeepRecords', Effect: 'Allow', Action: ['s3:PutObject'], Resource: recordsArn },
    ];
    case 'track': return [
      table('GetItem', 'Query', 'PutItem'),
      ...readSecrets(plans.applications.flatMap(({ notifications: { followUps } }) => (followUps === undefined ? [] : [{ id: followUps.tokenSecretId, region }]))),
    ];
    case 'settle': return [table('GetItem', 'PutItem')];
    case 'announce': case 'approve': return [table('GetItem', 'PutItem'), ...tellPeople(region, plans)];
    case 'enforce': return [table('GetItem', 'Query', 'PutItem', 'UpdateItem'), ...databaseSecrets(region, plans), ...closeNetwork(region, plans)];
    case 'watch': return [
      table('GetItem', 'Query', 'PutItem'), useRenewals(region, plans, 'Query', 'DeleteItem'), ...databaseSecrets(region, plans), ...keepLostWrites(region, plans),
      // Two statements read secrets here; a policy's ids must differ.
      ...tellPeople(region, plans).map((statement) => (statement.Sid === 'ReadSecrets' ? { ...statement, Sid: 'ReadTokens' } : statement)),
    ];
    case 'rehearse': return [
      table('GetItem', 'Query', 'PutItem'), ...tellPeople(region, plans), ...readSecrets(secretsToDescribe(region, plans)).map((statement) => ({ ...statement, Sid: 'DescribeSecrets', Action: ['secretsmanager:DescribeSecret'] })),
      ...readDeployment(region, plans), ...readApplications(region, plans),
    ];
    default: throw new Error(`functions/${name}: resources/permissions.ts has no statements for it`);
  }
}
