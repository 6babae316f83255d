// `hotshift check`: is the configuration one that Hotshift may act on? Reads a file and nothing else; with --aws it goes on to ask AWS.
import { checkPlans, compilePlans, issueLine, type ConfigCheck } from '../../events/config.ts';
import { checkAws, type AwsOptions } from './check-aws.ts';
import { CommandError, exitCodes, type ExitCode } from '../exit.ts';
import { controlPlaneNotes } from '../format/control-planes.ts';
import { issuesText } from '../format/issues.ts';
import { styleOf, wrapped } from '../format/style.ts';
import type { Registration } from '../program.ts';
import { withConfig } from '../plans.ts';
import type { World } from '../world.ts';

interface Options extends AwsOptions { readonly config?: string; readonly aws?: boolean; readonly compile?: string }

export function registerCheck({ program, world, ending }: Registration): void {
  withConfig(program.command('check').description('find all problems of the configuration, each with its line and its fix'))
    .option('--strict', 'warnings count as errors')
    .option('--json', 'print the problems as JSON')
    .option('--compile <file>', 'when there is no error, write the compiled JSON that the Lambdas read')
    .option('--aws', 'then ask AWS whether a failover would work today; reads only')
    .option('--region <region>', 'with --aws: one place only, such as the survivor while the other region is down')
    .option('--application <name>', 'with --aws: one application only')
    .option('--values', 'with --aws: also look through parameters, secrets and variables of functions for names of regions')
    .addHelpText('after', `
Warnings do not stop Hotshift; errors do. Exit codes: 0 no error, 2 errors (or, with --strict, warnings).
With --aws: 1 critical findings (or, with --strict, warnings), 4 AWS could not be asked at all. What could not be
checked counts as the worst that it could have shown. Each finding has its entry in docs/runbook.md.

Examples:
  $ hotshift check
  $ hotshift check --config ops/hotshift.yml --strict
  $ hotshift check --json | jq '.errors[].path'
  $ hotshift check --compile dist/hotshift.json
  $ hotshift check --aws
  $ hotshift check --aws --region eu-central-1 --json | jq '.applications[].findings[] | select(.severity == "critical")'`)
    .action(ending((options: Options) => check(world, options)));
}

async function check(world: World, options: Options): Promise<ExitCode> {
  const path = options.config ?? 'hotshift.yml';
  const text = await world.readText(path);
  if (text === undefined) throw new CommandError(exitCodes.usage, `there is no file ${path}`, 'run `hotshift init`, or give its path with --config');
  const found = checkPlans(text);
  const passed = found.plans !== undefined && (options.strict !== true || found.warnings.length === 0);
  // With --aws the answer about AWS is the result; the file's own problems are shown only when they stand in its way.
  const goesOn = options.aws === true && found.plans !== undefined;
  if (!goesOn && options.json === true) world.terminal.out(JSON.stringify(asJson(found, path, passed), null, 2));
  else if (!goesOn) show(world, found, path, passed);
  if (passed && found.plans !== undefined && options.compile !== undefined) {
    await world.writeText(options.compile, compilePlans(found.plans), true);
    world.terminal.remark(`compiled into ${options.compile}`);
  }
  if (goesOn && found.plans !== undefined) return checkAws(world, found.plans, options);
  return passed ? exitCodes.ok : exitCodes.usage;
}

function asJson({ plans, errors, warnings }: ConfigCheck, file: string, passed: boolean): unknown {
  return { file, passed, applications: plans?.applications.map((plan) => plan.application) ?? [], notes: plans?.applications.flatMap(controlPlaneNotes) ?? [], errors: errors.map((issue) => ({ ...issue, text: issueLine(issue, file) })), warnings: warnings.map((issue) => ({ ...issue, text: issueLine(issue, file) })) };
}

function show({ terminal }: World, { plans, errors, warnings }: ConfigCheck, path: string, passed: boolean): void {
  const style = styleOf(terminal.colour);
  const issues = [...errors, ...warnings];
  if (issues.length > 0) terminal.out(`${issuesText(issues, style, terminal.columns, path)}\n`);
  const counted = `${count(errors.length, 'error')}, ${count(warnings.length, 'warning')}`;
  if (!passed || plans === undefined) {
    terminal.out(`${style.bad('not fit for use')}: ${counted} in ${path}`);
    return;
  }
  for (const plan of plans.applications) {
    const parts = [count(plan.databases.length, 'database'), count(plan.traffic.length, 'record name'), count(plan.capacity.length, 'service')];
    terminal.out(`${style.good('ok')}  ${style.bold(plan.application)}  ${plan.regions.join(' + ')}, witness ${plan.witness}; ${parts.join(', ')}; RPO ${plan.budgets.rpoSeconds} s, RTO ${plan.budgets.rtoSeconds} s`);
    for (const note of controlPlaneNotes(plan)) terminal.out(wrapped(note, terminal.columns, '          ', `    ${style.warn('note:')} `).join('\n'));
  }
  terminal.out(`${counted} in ${path}`);
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
