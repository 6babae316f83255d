// `hotshift cost`: what hot, warm and cold cost for this application, downtime counted in, and what Hotshift itself adds. Reads files
// and nothing else; every price and every assumption is printed with where it comes from.
import { InvalidArgumentError } from 'commander';
import { readPrices, standardPrices, type Prices } from '../../cost/prices.ts';
import { givenAssumptions } from '../../cost/given.ts';
import { costReport } from '../../cost/report.ts';
import { InvalidConfigError } from '../../events/config.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { assumptionLines, costText, priceLines } from '../format/cost.ts';
import { issuesText } from '../format/issues.ts';
import { styleOf } from '../format/style.ts';
import type { Registration } from '../program.ts';
import { neededPlans, planNamed, withConfig } from '../plans.ts';
import type { World } from '../world.ts';

interface Options {
  readonly config?: string; readonly application?: string; readonly prices?: string; readonly assumptions?: string; readonly set: readonly string[];
  readonly revenuePerHour?: string; readonly availability?: string; readonly outage?: string; readonly json?: boolean; readonly sources?: boolean; readonly lines?: boolean;
}

export function registerCost({ program, world, ending }: Registration): void {
  withConfig(program.command('cost').description('hot, warm or cold: what each costs for this application, downtime included, and what Hotshift costs'))
    .option('--application <name>', 'application of the configuration (default: the only one)')
    .option('--revenue-per-hour <dollars>', 'what an hour costs in which nobody is served', numberText)
    .option('--availability <percent>', 'what one region alone gives in a year (business.availabilityPercent)', numberText)
    .option('--outage <duration>', 'how long an outage of a region lasts on average (business.outage)')
    .option('--assumptions <file>', 'YAML with other assumptions (docs/cost.md lists them)')
    .option('--set <group.name=value>', 'one other assumption; may be repeated', (text: string, all: readonly string[]) => [...all, text], [] as readonly string[])
    .option('--prices <file>', 'YAML with other prices, in the form of cost/prices-2026-11.yaml')
    .option('--lines', 'every line of every bill')
    .option('--no-sources', 'without the lists of assumptions and prices')
    .option('--json', 'print everything as one JSON object')
    .addHelpText('after', `
Nothing is asked of AWS: prices come from a dated file, quantities from the plan, the templates and the workflow.

Examples:
  $ hotshift cost --revenue-per-hour 5000
  $ hotshift cost --revenue-per-hour 5000 --availability 99.9 --set application.taskVcpu=2
  $ hotshift cost --assumptions ours.yml --json | jq '.strategies[] | {name, dollarsPerMonth}'`)
    .action(ending((options: Options) => cost(world, options)));
}

/** Stays text: the form of the assumptions says what it may be. */
function numberText(text: string): string {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('Write a number, such as 1000 or 99.95.');
  return text;
}

async function cost(world: World, options: Options): Promise<ExitCode> {
  const plans = await neededPlans(world, options);
  const plan = planNamed(plans, options.application);
  const prices = await inFile(world, options.prices ?? 'the price file', () => pricesOf(world, options));
  const file = options.assumptions === undefined ? undefined : { text: await needed(world, options.assumptions, '--assumptions'), name: options.assumptions };
  const said = await inFile(world, options.assumptions ?? '--set', async () => givenAssumptions({ ...(file === undefined ? {} : { file }), settings: [
    ...(options.revenuePerHour === undefined ? [] : [`business.revenuePerHour=${options.revenuePerHour}`]),
    ...(options.availability === undefined ? [] : [`business.availabilityPercent=${options.availability}`]),
    ...(options.outage === undefined ? [] : [`business.outage=${options.outage}`]),
    ...options.set,
  ] }));
  if (prices === undefined || said === undefined) return exitCodes.usage;
  const report = await costReport({ plans, plan, prices, ...said });
  if (options.json === true) {
    world.terminal.out(JSON.stringify(report, null, 2));
    return exitCodes.ok;
  }
  const style = styleOf(world.terminal.colour);
  const { columns } = world.terminal;
  world.terminal.out([costText(report, style, { lines: options.lines === true, columns }), ...(options.sources === false ? [] : [assumptionLines(report, style, columns), priceLines(report, style)])].join('\n\n'));
  return exitCodes.ok;
}

/** What was read, or undefined after its problems were shown under the name of their file. */
async function inFile<T>({ terminal }: World, name: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    terminal.remark(issuesText(error.issues, styleOf(terminal.colour), terminal.columns, name));
    return undefined;
  }
}

const pricesOf = async (world: World, { prices }: Options): Promise<Prices> =>
  (prices === undefined ? standardPrices() : readPrices(await needed(world, prices, '--prices'), prices));

async function needed(world: World, path: string, option: string): Promise<string> {
  const text = await world.readText(path);
  if (text === undefined) throw new CommandError(exitCodes.usage, `${option}: there is no file ${path}`, 'give the path of a YAML file (docs/cost.md)');
  return text;
}
