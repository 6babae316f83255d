// The whole twin: starts every part in order, stops every part in reverse, whatever happened in between.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { fetchText } from '../adapters/fetch-text.ts';
import { OPERATOR_FILE, type RunningTwin } from '../cli/running-twin.ts';
import { checkPlans, compilePlans, issueLine } from '../events/config.ts';
import type { ApplicationPlan } from '../domain/plan.ts';
import { functionNames, stepNames, timeoutSeconds } from '../resources/functions.ts';
import { SWITCH_FUNCTION } from '../resources/switch.ts';
import { builtBundles } from '../scripts/built-bundles.ts';
import { ApplicationFleet } from './application-fleet.ts';
import { ClientFleet } from './clients/fleet.ts';
import { startCloud, type Cloud } from './cloud.ts';
import { startFunctionUrls } from './function-urls.ts';
import { startControl } from './control.ts';
import { LambdaHost } from './lambda/host.ts';
import { startNames, type Names } from './names.ts';
import { addressOf, allAddresses, assertBindable, GLOBAL, linkAddress, USERS, type Place } from './network/addresses.ts';
import type { LinkPlan } from './network/link.ts';
import { Network } from './network/network.ts';
import { reservePort } from './network/ports.ts';
import { startDatabases, type Databases } from './postgres/databases.ts';
import type { Pair } from './postgres/pair.ts';
import { twinPlan } from './plan.ts';
import { createDns, createDrills, createFailbacks, createSecrets, createWorkflows, grantFirstPermits, withHealthChecks } from './provision.ts';
import { openRunDirectory } from './run-directory.ts';
import { startScheduler } from './scheduler.ts';
import { APPLICATION, hasSwitch, movesHome, REGION_A, REGION_B, REGIONS, TABLE, WITNESS, type Settings } from './settings.ts';
import { startSlackPeople } from './slack-people.ts';
import { startSlackReceiver, type SlackReceiver } from './slack.ts';
import { realClock } from './aws/services/clock.ts';

export interface Twin {
  readonly plan: ApplicationPlan;
  readonly network: Network;
  /** The first database. */
  readonly pair: Pair;
  readonly databases: Databases;
  readonly names: Names;
  readonly cloud: Cloud;
  readonly lambdas: LambdaHost;
  readonly applications: ApplicationFleet;
  readonly clients: ClientFleet;
  readonly slack: SlackReceiver;
  /** What Slack signs with, for whoever presses buttons in it. */
  readonly slackSigningSecret: string;
  readonly applicationPort: number;
  /** Region -> ARN of the failover state machine. */
  readonly machines: Readonly<Record<string, string>>;
  /** ARN of the failbacks' state machine in the witness; absent where no failback was asked for. */
  readonly failbackMachine: string | undefined;
  /** Where the run keeps its files. */
  readonly directory: string;
  /** Region -> ARN of the drills' state machine; none where no drill was asked for. */
  readonly drillMachines: Readonly<Record<string, string>>;
  /** Who makes more load when a drill asks for it. */
  onLoad(make: MakeLoad): void;
  /** What must never be seen in a log, a message or a history. */
  readonly secrets: readonly string[];
  readonly logs: readonly string[];
  readonly troubles: readonly string[];
  stop(): Promise<void>;
}

export type MakeLoad = (input: { readonly action: 'start' | 'stop' }) => Promise<void>;

const WORKING_SECONDS_MAX = 60;

export interface TwinOptions {
  readonly settings: Settings; readonly random: () => number; readonly onProgress: (text: string) => void;
  /** Somebody else presses the buttons in Slack, where people must approve. */
  readonly withoutPeople?: boolean;
}

export async function startTwin(options: TwinOptions): Promise<Twin> {
  const ends: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    // Each part is stopped even when stopping another one fails; the first failure is told at the end.
    const failures: unknown[] = [];
    for (const end of ends.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  };
  try {
    return await start(options, (end) => ends.push(end), stop);
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

async function start({ settings, random, onProgress, withoutPeople = false }: TwinOptions, atEnd: (end: () => unknown) => void, stop: () => Promise<void>): Promise<Twin> {
  await assertBindable(allAddresses());
  const directory = openRunDirectory(settings.directory, settings.keep);
  atEnd(() => directory.remove());
  onProgress(`building the Lambda bundles and starting ${settings.databases === 1 ? '' : `${settings.databases} times `}PostgreSQL in two regions`);
  const network = new Network({ wanRoundTripMs: settings.wanRoundTripMs });
  atEnd(() => network.close());
  const [bundles, { databases }, names] = await all([
    builtBundles(), keep(startDatabases({ settings, runDirectory: directory.path, network }), (made) => atEnd(() => made.close())),
    keep(startNames(settings), (made) => atEnd(() => made.close())),
  ]);
  const { slack, slackToken, slackSigningSecret } = await startSlack(atEnd);
  const ports = await openPorts(network);
  await keep(startControl(addressOf(GLOBAL), ports.control), (made) => atEnd(() => made.close()));

  onProgress('starting the AWS endpoints, the name servers and the application');
  const logs: string[] = [];
  const troubles: string[] = [];
  const onTrouble = (what: string, error: unknown): void => void troubles.push(`${what}: ${String(error)}`);
  const clock = realClock();
  atEnd(() => clock.close());
  const planFile = join(directory.path, 'hotshift.json');
  const urls: Record<string, string> = {};
  const lambdas = new LambdaHost({
    functions: bundles.map(({ name, file }) => ({ name: `hotshift-${name}`, bundleFile: file, timeoutSeconds: timeoutSeconds(name), memoryMegabytes: 512 })),
    environmentOf: (region) => lambdaEnvironment(region, urls[region] ?? '', planFile, names),
    onLog: (line) => logs.push(line),
  });
  atEnd(() => lambdas.close());
  const functionUrls = hasSwitch(settings) ? await startFunctionUrls({ network, lambdas, name: `hotshift-${SWITCH_FUNCTION}` }) : undefined;
  atEnd(() => functionUrls?.close());
  const applications = new ApplicationFleet({ databases, port: ports.application, settings, sessionKey: randomBytes(24).toString('hex'), resolverOf: names.resolverOf, endpointOf: (region) => urls[region] ?? '' });
  atEnd(() => applications.close());
  let makeLoad: MakeLoad = () => Promise.reject(new Error('nobody makes more load here'));
  const cloud = await startCloud({ settings, network, databases, zones: names.zones, checkers: names.checkers, lambdas, clock, functions: functionNames(), load: (payload) => makeLoad(JSON.parse(payload) as { readonly action: 'start' | 'stop' }), scale: (region, desired) => applications.scale(region, desired), onTrouble });
  atEnd(() => cloud.endpoint.close());
  Object.assign(urls, cloud.urls);
  const operator = { endpoint: cloud.urls[USERS] ?? '' };
  const addresses = Object.fromEntries([REGION_A, REGION_B].map((region) => [region, addressOf(region)]));
  await grantFirstPermits(operator, databases);
  await createSecrets(operator, { username: 'hotshift', passwords: byDatabase(databases, (one) => one.passwords.hotshift), slackToken, slackSigningSecret });
  const dns = await createDns(operator, { databases, addresses, controlAddress: addressOf(GLOBAL), applicationPort: ports.application, ttlSeconds: settings.ttlSeconds, failuresToSuspect: settings.failuresToSuspect, switchPort: functionUrls?.port });
  const plan = withHealthChecks(twinPlan(settings, { applicationPort: ports.application, controlPort: ports.control, databasePort: databases[0].pair.port, databasePorts: byDatabase(databases, ({ port }) => port), slackUrl: slack.url, hostedZoneId: dns.hostedZoneId, addresses }), dns);
  const machines = await createWorkflows(operator, functionNames(), plan, withoutOf(settings));
  const failbackMachine = movesHome(settings) ? await createFailbacks(operator) : undefined;
  const drillMachines = settings.drill === undefined ? {} : await createDrills(operator);
  writeFileSync(planFile, checked(plan));
  const running: RunningTwin = { endpoint: operator.endpoint, configFile: planFile, region: WITNESS, pid: process.pid };
  writeFileSync(join(directory.path, OPERATOR_FILE), JSON.stringify(running));
  functionUrls?.open();
  if (settings.approve && !withoutPeople) await keep(startSlackPeople({ slack, lambdas, signingSecret: slackSigningSecret, say: onProgress }), (made) => atEnd(() => made.close()));
  await Promise.all([REGION_A, REGION_B].map((region) => applications.scale(region, 1)));
  // A deployment is switched on when the application works: agents that start before it would find an outage.
  await Promise.all([REGION_A, REGION_B].map((region) => working(`http://${addressOf(region)}:${ports.application}`)));
  const clients = new ClientFleet({ databases, settings, applicationPort: ports.application, endpointOf: (region) => urls[region] ?? '' });
  atEnd(() => clients.close());
  await Promise.all([REGION_A, REGION_B].map((region) => clients.start(region)));
  const scheduler = startScheduler({
    application: APPLICATION, steps: hasSwitch(settings) ? [...stepNames(), SWITCH_FUNCTION] : stepNames(), places: { [REGION_A]: 'region', [REGION_B]: 'region', [WITNESS]: 'witness' }, phaseSeconds: settings.probeIntervalSeconds, random,
    without: withoutOf(settings),
    invoke: (name, region, event) => lambdas.invoke(`hotshift-${name}`, region, Buffer.from(JSON.stringify(event))),
  });
  atEnd(() => scheduler.stop());
  onProgress('warming the steps of the workflow, as their schedule does');
  await scheduler.warm;
  return {
    plan, network, pair: databases[0].pair, databases, names, cloud, lambdas, applications, clients, slack, slackSigningSecret, applicationPort: ports.application, machines, failbackMachine, directory: directory.path, drillMachines, onLoad: (make) => { makeLoad = make; }, logs, troubles, stop,
    secrets: [...databases.flatMap((database) => Object.values(database.pair.passwords)), slackToken, slackSigningSecret, applications.sessionKey],
  };
}

const byDatabase = <T>(databases: Databases, of: (pair: Pair) => T): Record<string, T> => Object.fromEntries(databases.map(({ name, pair }) => [name, of(pair)]));

/** Agents that are never started, by a schedule or a rule. */
const withoutOf = ({ withoutAgent }: Settings): readonly string[] => (withoutAgent ? ['enforce'] : []);

/** Slack as the app sees it: where it posts, with which token, and what its requests are signed with. */
async function startSlack(atEnd: (end: () => unknown) => void): Promise<{ readonly slack: SlackReceiver; readonly slackToken: string; readonly slackSigningSecret: string }> {
  const slackToken = `xoxb-twin-${randomBytes(12).toString('hex')}`;
  const slack = await startSlackReceiver(addressOf(GLOBAL), slackToken);
  atEnd(() => slack.close());
  return { slack, slackToken, slackSigningSecret: randomBytes(16).toString('hex') };
}

/** Like Promise.all, but waits for every part, so that each one that stands is known and ended when another one fails. */
async function all<A, B, C>(parts: readonly [Promise<A>, Promise<B>, Promise<C>]): Promise<[A, B, C]> {
  await Promise.allSettled(parts);
  return Promise.all(parts);
}

/** Registers the end of a part as soon as it stands, also when a part that starts beside it fails. */
async function keep<T>(starting: Promise<T>, register: (made: T) => void): Promise<T> {
  const made = await starting;
  register(made);
  return made;
}

/** Waits until a region's application reads and writes. */
async function working(url: string): Promise<void> {
  const endAt = Date.now() + WORKING_SECONDS_MAX * 1000;
  for (;;) {
    const answer = await fetchText(`${url}/health/deep?nonce=start`, {}, 3000).then(({ text }) => JSON.parse(text) as { read?: string; write?: string }).catch(() => undefined);
    if (answer?.read === 'ok' && answer.write === 'ok') return;
    if (Date.now() > endAt) throw new Error(`the application at ${url} does not work: ${JSON.stringify(answer ?? 'no answer')}; this machine may be overloaded`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The plan passes the checks of everybody's configuration; a twin that needed an exception would prove nothing. */
function checked(plan: ApplicationPlan): string {
  const text = compilePlans({ table: TABLE, applications: [plan] });
  const { errors } = checkPlans(text);
  if (errors.length > 0) throw new Error(`the twin's plan is refused; other settings may help:\n${errors.map((issue) => issueLine(issue, 'the twin\'s plan')).join('\n')}`);
  return text;
}

/** One port for the application in all places, one for the control endpoint, and the links on which places reach them. */
async function openPorts(network: Network): Promise<{ readonly application: number; readonly control: number }> {
  const served = [REGION_A, REGION_B];
  const between: readonly (readonly [Place, Place])[] = [...REGIONS, USERS].flatMap((from) => served.filter((to) => to !== from).map((to) => [from, to] as const));
  const toControl = REGIONS.map((from) => [from, GLOBAL] as const);
  const open = async (pairs: readonly (readonly [Place, Place])[], homes: readonly Place[]): Promise<number> => {
    const { port, release } = await reservePort([...homes.map((home) => addressOf(home)), ...pairs.map(([from, to]) => linkAddress(from, to))]);
    await release();
    await network.openLinks(pairs.map(([from, to]): LinkPlan => ({ from, to, listen: { host: linkAddress(from, to), port }, target: { host: addressOf(to), port } })));
    return port;
  };
  return { application: await open(between, served), control: await open(toControl, [GLOBAL]) };
}

function lambdaEnvironment(region: string, endpoint: string, planFile: string, names: Names): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'AKIDLAMBDA', AWS_SECRET_ACCESS_KEY: 'twin', AWS_SESSION_TOKEN: 'twin',
    HOTSHIFT_TABLE: TABLE, HOTSHIFT_CONFIG_FILE: planFile, HOTSHIFT_DNS_SERVERS: names.resolverOf[region] ?? '', HOTSHIFT_DATABASE_TLS: 'off',
    POWERTOOLS_SERVICE_NAME: 'hotshift', POWERTOOLS_METRICS_NAMESPACE: 'Hotshift', POWERTOOLS_METRICS_DISABLED: 'true',
  };
}

