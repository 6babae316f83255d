// `hotshift reinstate`: gives writes back to the old writer after an execution withdrew its permits and promoted nothing. It takes the
// lease under a new epoch like any execution does, so that no failover can begin in between, and may be repeated after any failure.
import type { ApplicationPlan, DatabasePlan } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { Lease } from '../../domain/lease.ts';
import { changeLease, noteInJournal } from '../change-lease.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { safe, styleOf, wrapped } from '../format/style.ts';
import { actor, type OperateOptions } from '../operate.ts';
import { connected, lineArgument, neededPlans, planNamed, unreachable, withTarget } from '../plans.ts';
import type { Registration } from '../program.ts';
import { orderedBy } from '../../domain/promoted.ts';
import { reinstatement, type DatabaseView } from '../reinstatement.ts';
import type { Connection, World } from '../world.ts';

interface Options extends OperateOptions { readonly database?: string; readonly reason: string }
interface Given { readonly database: string; readonly writer: string; readonly closed: boolean; readonly order: DatabaseView['intent'] }

export function registerReinstate({ program, world, ending }: Registration): void {
  withTarget(program.command('reinstate').description('give writes back to the old writer, if nothing was promoted')
    .argument('[application]', 'which one (default: the only one of the configuration)'))
    .requiredOption('--reason <text>', 'why, for the journal', lineArgument)
    .option('--database <name>', 'only this one (default: all whose permits are withdrawn)')
    .option('--by <name>', 'who (default: the account at the keyboard)', lineArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', `
Refused while an execution is at work, and for good once a promotion was asked for: then the only whole way is forward.
Exit codes: 0 given back (or nothing was withdrawn), 2 usage, 3 refused, 4 the table or RDS could not be reached.

Examples:
  $ hotshift status                                     whose permits are withdrawn?
  $ hotshift reinstate shop --reason "the region is back, nothing was promoted"`)
    .action(ending((application: string | undefined, options: Options) => run(world, application, options)));
}

async function run(world: World, application: string | undefined, options: Options): Promise<ExitCode> {
  const plans = await neededPlans(world, options);
  const plan = planNamed(plans, application);
  const chosen = plan.databases.filter((database) => options.database === undefined || database.name === options.database);
  if (chosen.length === 0) throw new CommandError(exitCodes.usage, `--database: ${plan.application} has no database ${JSON.stringify(options.database)}`, `name one of: ${plan.databases.map(({ name }) => name).join(', ')}`);
  const connection = await connected(world, options, plans);
  try {
    return await reinstate(world, connection, plan, chosen, options);
  } catch (error) {
    throw unreachable(error, world, options, plans);
  }
}

async function reinstate(world: World, connection: Connection, plan: ApplicationPlan, chosen: readonly DatabasePlan[], options: Options): Promise<ExitCode> {
  const lease = await connection.leases.read(plan.application);
  const views = await Promise.all(chosen.map(async (database) => ({ database, view: await look(connection, plan, database) })));
  const found = views.map(({ database, view }) => ({ database, view, survivor: survivorOf(plan, view.permit?.writer ?? plan.regions[0]) }))
    .map((entry) => ({ ...entry, decision: reinstatement(entry.view, lease, entry.survivor, world.clock.now()) }));
  for (const { database, decision } of found) {
    if (decision.kind === 'refused') throw new CommandError(exitCodes.refused, `${plan.application}/${database.name}: ${decision.reason}`, decision.fix);
  }
  const given = found.flatMap(({ database, view, decision }): readonly Given[] => (decision.kind === 'give back' ? [{ database: database.name, writer: decision.writer, closed: decision.closed, order: view.intent }] : []));
  if (given.length > 0) await giveBack(world, connection, plan, given, lease, options);
  show(world, plan, found.map(({ database, decision }) => ({ database: database.name, ...decision })), given, options.json === true);
  return exitCodes.ok;
}

async function look({ permits, intents, journal, describe }: Connection, plan: ApplicationPlan, database: DatabasePlan): Promise<DatabaseView> {
  const permit = await permits.read(plan.application, database.name);
  const writer = permit?.writer ?? plan.regions[0];
  const [intent, replica] = await Promise.all([intents.read(plan.application, database.name, writer), describe(database, survivorOf(plan, writer))]);
  const journals = await Promise.all(orderedBy(intent).map((execution) => journal.list(execution)));
  return { database: database.name, permit, intent, replica, journal: journals.flat() };
}

/** The lease first: whoever claims it afterwards has a newer epoch, and whoever held it before can change nothing any more. */
async function giveBack(world: World, connection: Connection, plan: ApplicationPlan, given: readonly Given[], seen: Lease, options: Options): Promise<void> {
  const by = actor(world, options);
  const holder = `reinstate-${world.clock.now()}`;
  const taken = await changeLease(connection, world, plan.application, (lease) => {
    if (lease.epoch !== seen.epoch || lease.holder !== seen.holder) return { kind: 'refused', reason: 'a failover has begun meanwhile', fix: 'see `hotshift status`' };
    return { kind: 'change', next: { ...lease, epoch: lease.epoch + 1, holder, expiresAt: world.clock.now() + plan.lease.ttlSeconds * 1000 }, summary: `${by} gives the writes back` };
  });
  const { epoch } = taken.after;
  const names = given.map(({ database, writer }) => `${database} to ${writer}`).join(', ');
  const noted = await noteInJournal(connection, world, taken.after, holder, `${by} gives the writes back: ${names}: ${options.reason}`);
  if (!noted) throw new CommandError(exitCodes.unreachable, 'the journal could not be written, so nothing was given back', 'try again when the table answers');
  for (const { database, writer, order } of given) {
    // The order first: an agent that still enforced it would close the database again under the new permits.
    if (order !== undefined && order.liftedAt === undefined && !(await connection.intents.lift(order, world.clock.now()))) throw lost(database);
    if (!(await connection.permits.grant({ application: plan.application, database, epoch, writer }))) throw lost(database);
  }
  await changeLease(connection, world, plan.application, (lease) => {
    if (lease.holder !== holder) return { kind: 'nothing', reason: 'another holds it' };
    const { holder: _holder, ...free } = lease;
    return { kind: 'change', next: { ...free, expiresAt: world.clock.now() }, summary: 'the lease was given back' };
  });
}

const lost = (database: string): CommandError =>
  new CommandError(exitCodes.refused, `${database}: a newer epoch stands: somebody else decided about it meanwhile`, 'see `hotshift status`');

function show({ terminal }: World, plan: ApplicationPlan, decisions: readonly { readonly database: string; readonly kind: string; readonly reason?: string }[], given: readonly Given[], json: boolean): void {
  const closed = given.filter((entry) => entry.closed);
  const next = [
    ...closed.map(({ database, writer }) => {
      const group = plan.databases.find(({ name }) => name === database)?.instances[writer]?.securityGroupId ?? '';
      return `The agent in ${writer} had closed ${database}: let the application into ${group} again, and as the owner: alter database ... reset default_transaction_read_only`;
    }),
    ...(given.length === 0 ? [] : [`Servers ask for their permits within seconds: see them renew with hotshift status ${plan.application}`, `When users write again: hotshift ack ${plan.application}`]),
  ];
  if (json) return terminal.out(JSON.stringify({ application: plan.application, databases: decisions, next }, null, 2));
  const style = styleOf(terminal.colour);
  terminal.out([
    ...decisions.map(({ database, kind, reason }) => (kind === 'nothing' ? `${style.bold(`${plan.application}/${database}`)}: nothing to do, ${safe(reason ?? '')}`
      : `${style.good('done')}  ${style.bold(`${plan.application}/${database}`)} writes go to ${given.find((entry) => entry.database === database)?.writer ?? ''} again`)),
    ...next.flatMap((line) => wrapped(safe(line), terminal.columns, '  ')),
  ].join('\n'));
}
