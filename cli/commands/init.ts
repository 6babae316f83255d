// `hotshift init`: writes a commented hotshift.yml from flags or answers. Never overwrites without --force.
import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import * as field from '../../events/config-fields.ts';
import { checkPlans } from '../../events/config.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { issuesText } from '../format/issues.ts';
import { styleOf } from '../format/style.ts';
import { initText, type InitAnswers } from '../init-template.ts';
import type { Registration } from '../program.ts';
import type { World } from '../world.ts';

interface Options { readonly application?: string; readonly pair?: readonly [string, string]; readonly witness?: string; readonly url?: string; readonly output: string; readonly force?: boolean }

const exampleFile = new URL('../../hotshift.example.yml', import.meta.url);

export function registerInit({ program, world, ending }: Registration): void {
  program.command('init').description('write a commented hotshift.yml; asks for what is not given')
    .option('--application <name>', 'name of the application (a-z, 0-9, -)', valid(field.name))
    .option('--pair <first,second>', 'the two regions that serve', pairArgument)
    .option('--witness <region>', 'a third region that serves no traffic', valid(field.region))
    .option('--url <url>', 'the public URL of the application', valid(field.url))
    .option('-o, --output <file>', 'where to write', 'hotshift.yml')
    .option('--force', 'overwrite the file when it exists')
    .addHelpText('after', `
Without a terminal all four must be given. ARNs, hosts and zones are examples in the new file: put your own, then check it.

Examples:
  $ hotshift init
  $ hotshift init --application shop --pair eu-west-1,eu-central-1 --witness eu-west-2 --url https://shop.example.com/`)
    .action(ending((options: Options) => init(world, options)));
}

async function init(world: World, options: Options): Promise<ExitCode> {
  const text = initText(await readFile(exampleFile, 'utf8'), await answers(world, options));
  const found = checkPlans(text);
  const style = styleOf(world.terminal.colour);
  if (found.errors.length > 0) {
    world.terminal.remark(issuesText(found.errors, style, world.terminal.columns, options.output));
    throw new CommandError(exitCodes.usage, 'these answers make no valid plan; nothing was written', 'change the answers named above');
  }
  if (!(await world.writeText(options.output, text, options.force === true))) {
    throw new CommandError(exitCodes.refused, `${options.output} exists; it was not touched`, 'write elsewhere with --output, or overwrite it with --force');
  }
  world.terminal.out([
    `${style.good('wrote')} ${options.output}`,
    'Next: put your own ARNs, hosts, security groups, hosted zones and addresses, then run',
    `  hotshift check${options.output === 'hotshift.yml' ? '' : ` --config ${options.output}`}`,
  ].join('\n'));
  return exitCodes.ok;
}

async function answers(world: World, options: Options): Promise<InitAnswers> {
  const application = await answer(world, '--application', 'Name of the application', 'shop', options.application, valid(field.name));
  const pair = await answer(world, '--pair', 'The two regions that serve', 'eu-west-1,eu-central-1', options.pair, pairArgument);
  const witness = await answer(world, '--witness', 'A third region, for the witness', 'eu-west-2', options.witness, valid(field.region));
  const url = await answer(world, '--url', 'Public URL', `https://${application}.example.com/`, options.url, valid(field.url));
  return { application, pair, witness, url };
}

/** Asks until the answer is valid; without a terminal, says which flag is missing. */
async function answer<T>(world: World, flag: string, question: string, standard: string, given: T | undefined, parse: (text: string) => T): Promise<T> {
  if (given !== undefined) return given;
  for (;;) {
    const text = await world.terminal.ask(question, standard);
    if (text === undefined) throw new CommandError(exitCodes.usage, `${flag} is missing, and nobody answered (without a terminal all flags are needed)`, `add ${flag}, for example ${flag} ${standard}`);
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      world.terminal.remark(`  ${error.message}`);
    }
  }
}

function valid(schema: typeof field.name | typeof field.url) {
  return (text: string): string => {
    const found = schema.safeParse(text);
    if (found.success) return found.data;
    throw new InvalidArgumentError(`It ${found.error.issues[0]?.message ?? 'is not valid'}, such as ${String((schema.meta()?.examples as readonly unknown[] | undefined)?.[0] ?? '')}.`);
  };
}

function pairArgument(text: string): readonly [string, string] {
  const [first, second, ...rest] = text.split(',').map((part) => part.trim());
  if (first === undefined || second === undefined || rest.length > 0) throw new InvalidArgumentError('It must be two regions, such as eu-west-1,eu-central-1.');
  return [valid(field.region)(first), valid(field.region)(second)];
}
