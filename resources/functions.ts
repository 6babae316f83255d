// The functions, each with a role and a log group of its own. A role cannot create log groups: what is not made here has no retention.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Region } from '../domain/plan.ts';
import { arn, attribute, logicalId, role, type Json, type Statement } from './cloudformation.ts';
import { EAR_FUNCTION, hasEar } from './ear.ts';
import { interfaceStatements, sqlEnvironment, vpcOf, type Network } from './network.ts';
import { permissionsOf } from './permissions.ts';
import { hasTracker, isWitness, type Plans } from './plans.ts';
import { agentsAt, readRules } from './rules.ts';
import { hasSwitch, SWITCH_FUNCTION } from './switch.ts';

const root = join(import.meta.dirname, '..');

export const functionNames = (): readonly string[] =>
  readdirSync(join(root, 'functions')).filter((name) => existsSync(join(root, 'functions', name, 'handler.ts'))).sort();

/** Agents are started by a schedule, over and over; all other functions are steps of a state machine. */
export const AGENTS: ReadonlySet<string> = new Set(['observe', 'enforce', 'watch', 'rehearse']);

/** What the outside calls by a URL: neither an agent nor a step, so that no schedule and no state machine knows it. */
const BY_URL: ReadonlySet<string> = new Set([SWITCH_FUNCTION, EAR_FUNCTION]);

/** What an event starts when the work is over: nothing waits for it, and it is tried again until it is done or told. */
export const AFTERWARDS: ReadonlySet<string> = new Set(['archive', 'track']);

/** Those of them that have something to do in a place: drills run in the pair only. */
export const afterwardsAt = (region: Region, plans: Plans): readonly string[] => [...AFTERWARDS].filter((name) => name !== 'track' || (hasTracker(plans) && !isWitness(region, plans)));

/** The functions that a state machine calls. */
export const stepNames = (): readonly string[] => functionNames().filter((name) => !AGENTS.has(name) && !BY_URL.has(name) && !AFTERWARDS.has(name));

/** The functions of a place: all steps, the agents that a schedule starts there, and what health checkers ask. */
export const functionsAt = (region: Region, plans: Plans): readonly string[] => {
  const agents = agentsAt(region, plans);
  return functionNames().filter((name) => (name === SWITCH_FUNCTION ? hasSwitch(region, plans) : name === EAR_FUNCTION ? hasEar(plans) : AFTERWARDS.has(name) ? afterwardsAt(region, plans).includes(name) : !AGENTS.has(name) || agents.includes(name)));
};

/** Seconds, below the TimeoutSeconds of the states that call them. Agents run for most of a minute. */
export const timeoutSeconds = (name: string): number => OWN_TIMEOUTS[name] ?? (AGENTS.has(name) ? 75 : 14);
/** `rehearse` asks some two hundred questions, a few at a time (its schedule's runSeconds, and room to tell the result). */
const OWN_TIMEOUTS: Readonly<Record<string, number>> = { warm: 55, call: 25, rehearse: 180, archive: 60, track: 60 };

/** 400 days: an audit looks back a year, and a month more to be made. */
export const RETENTION_DAYS = 400;

/**
 * Reserved, so that an application that takes all of the account's concurrency in the survivor cannot keep a failover from running.
 * Agents: the next minute's run may begin before the last one has ended; `observe` and `enforce` have a third place for a run that an
 * event asks for. Steps: all databases side by side, and one more.
 */
// `answer`: some 20 health checkers for each of the two regions ask every 10 s, for some milliseconds; five places carry a hundred times that.
// `hear`: people press one button at a time; what strangers send is refused in some milliseconds and cannot take more than these places.
// What comes afterwards: Lambda itself keeps the event for hours when both places are taken.
export const reserved = (name: string, plans: Plans): number => (BY_URL.has(name) ? 5 : AFTERWARDS.has(name) ? 2 : AGENTS.has(name) ? (STARTED_BY_EVENTS.has(name) ? 3 : 2) * plans.applications.length
  : 1 + Math.max(1, plans.applications.reduce((sum, { databases }) => sum + databases.length, 0)));

/** Agents that a rule of events/rules.yml starts beside their schedule. */
const STARTED_BY_EVENTS: ReadonlySet<string> = new Set(readRules().rules.flatMap(({ target }) => ('function' in target ? [target.function] : [])));

/** All that the functions of a place reserve; Lambda leaves 100 of the account's limit to all other functions. */
export const reservedAt = (region: Region, plans: Plans): number => functionsAt(region, plans).reduce((sum, name) => sum + reserved(name, plans), 0);

/** The `functions` section of serverless.yml. */
export function functionsOf(region: Region, plans: Plans, network: Network | undefined): Json {
  return Object.fromEntries(functionsAt(region, plans).map((name) => [name, {
    name: `hotshift-${name}`, handler: 'index.handler', role: attribute(`${logicalId(name)}Role`), disableLogs: true,
    timeout: timeoutSeconds(name), memorySize: 512, reservedConcurrency: reserved(name, plans),
    package: { artifact: `dist/zips/${name}.zip` },
    environment: { HOTSHIFT_TABLE: plans.table, ...sqlEnvironment(name) },
    ...vpcOf(name, network),
  }]));
}

/** Roles, log groups and, for agents, what happens to a start that fails. */
export function functionResources(region: Region, plans: Plans, network: Network | undefined): Json {
  return Object.fromEntries(functionsAt(region, plans).flatMap((name) => [
    [`${logicalId(name)}Role`, functionRole(name, region, plans, network)],
    [`${logicalId(name)}Logs`, logGroup(`/aws/lambda/hotshift-${name}`)],
    ...(AGENTS.has(name) ? [[`${logicalId(name)}Starts`, starts(name)] as const] : []),
    ...(AFTERWARDS.has(name) ? [[`${logicalId(name)}Starts`, retried(name)] as const] : []),
  ]));
}

export const logGroup = (name: string): Json => ({
  Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Retain',
  Properties: { LogGroupName: name, RetentionInDays: RETENTION_DAYS, KmsKeyId: attribute('Key') },
});

function functionRole(name: string, region: Region, plans: Plans, network: Network | undefined): Json {
  const runtime: Statement[] = [
    { Sid: 'Log', Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: arn('logs', `log-group:/aws/lambda/hotshift-${name}:log-stream:*`) },
    // X-Ray has no resources to name (Service Authorization Reference).
    { Sid: 'Trace', Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' },
  ];
  const dead: readonly Statement[] = AFTERWARDS.has(name) ? [{ Sid: 'DeadLetter', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: attribute('DeadLetters') }] : [];
  return role('lambda.amazonaws.com', 'step', [...runtime, ...dead, ...interfaceStatements(name, network), ...permissionsOf(name, region, plans)]);
}

/** A lost minute is not made up for: the next one is as good, and two at once would be one too many. An alarm tells of losses. */
const starts = (name: string): Json => ({
  Type: 'AWS::Lambda::EventInvokeConfig',
  Properties: { FunctionName: { Ref: `${logicalId(name)}LambdaFunction` }, Qualifier: '$LATEST', MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
});

/** Tried again after one and after two minutes, and held back for six hours while there is no place to run; then a person finds it in the queue. */
const retried = (name: string): Json => ({
  Type: 'AWS::Lambda::EventInvokeConfig',
  Properties: { FunctionName: { Ref: `${logicalId(name)}LambdaFunction` }, Qualifier: '$LATEST', MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 21_600, DestinationConfig: { OnFailure: { Destination: attribute('DeadLetters') } } },
});
