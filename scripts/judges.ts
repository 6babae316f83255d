// `npm run judges`: packages all stacks and lets tools that nobody here wrote judge what would be deployed.
// Without Python most of them cannot run: that is said, and under CI it is a failure.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allRegions, configFile, readPlans } from '../resources/plans.ts';
import { authorization } from './judges/authorization.ts';
import { readExceptions, standing, type Exception, type Finding, type Judge, type Room, type TemplateBody } from './judges/judge.ts';
import { eventPatterns } from './judges/event-patterns.ts';
import { moto } from './judges/moto.ts';
import { properties } from './judges/properties.ts';
import { pythonTools, run } from './judges/python.ts';
import { stateMachines } from './judges/state-machines.ts';
import { cfnLint, checkov } from './judges/templates.ts';

const root = join(import.meta.dirname, '..');
const JUDGES: readonly Judge[] = [cfnLint, properties, checkov, authorization, stateMachines, eventPatterns, moto];
/** Only the example needs every exception: a plan of one's own may have no VPC, say. */
const isExample = configFile().endsWith('hotshift.example.yml');
/** Findings shown of one judge; more of the same kind say little. */
const SHOWN_MAX = 25;

async function room(): Promise<Room> {
  const [packaged, tools] = await Promise.all([run(process.execPath, [join(root, 'scripts', 'package.ts')], { cwd: root }), pythonTools(root)]);
  if (packaged.code !== 0) throw new Error(`packaging failed:\n${packaged.stdout}${packaged.stderr}`);
  if (tools.kind === 'absent') console.log(`Python judges are NOT run: ${tools.reason}. Install Python 3.10 or later with venv and pip, or name it in PYTHON.`);
  const templates = allRegions(readPlans()).map((region) => {
    const file = join(root, 'dist', 'packages', region, 'cloudformation-template-update-stack.json');
    return { region, file, body: JSON.parse(readFileSync(file, 'utf8')) as TemplateBody };
  });
  return { root, templates, pythonCommands: tools.kind === 'ready' ? tools.commands : undefined };
}

/** One line for the judge, and one for each finding that stands. A judge that breaks has not passed. */
async function heard(judge: Judge, where: Room, allowed: readonly Exception[]): Promise<'passed' | 'failed' | 'not run'> {
  if (judge.needsPython && where.pythonCommands === undefined) {
    console.log(`${judge.name.padEnd(22)} NOT RUN`);
    return 'not run';
  }
  const startedAt = performance.now();
  let findings: readonly Finding[];
  let detail: string;
  try {
    const judgement = await judge.judge(where);
    findings = standing(judgement.findings, allowed, isExample);
    detail = `${judgement.detail}; ${judgement.findings.length} findings, ${allowed.length} reasoned exceptions`;
  } catch (error) {
    findings = [{ rule: 'broken', where: judge.name, what: (error as Error).message }];
    detail = 'did not judge';
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(`${judge.name.padEnd(22)} ${findings.length === 0 ? 'passed' : 'FAILED'} ${seconds.padStart(4)} s  ${detail}`);
  for (const { rule, where: place, what } of findings.slice(0, SHOWN_MAX)) console.log(`  ${rule} ${place}: ${what}`);
  if (findings.length > SHOWN_MAX) console.log(`  and ${findings.length - SHOWN_MAX} more`);
  return findings.length === 0 ? 'passed' : 'failed';
}

const where = await room();
const exceptions = readExceptions();
const outcomes: string[] = [];
for (const judge of JUDGES) outcomes.push(await heard(judge, where, exceptions[judge.name] ?? []));
const count = (outcome: string): number => outcomes.filter((entry) => entry === outcome).length;
console.log(`judges: ${count('passed')} passed, ${count('failed')} failed${count('not run') === 0 ? '' : `, ${count('not run')} NOT RUN`}`);
const inCi = (process.env['CI'] ?? '') !== '' && process.env['CI'] !== 'false';
if (count('failed') > 0 || (inCi && count('not run') > 0)) process.exitCode = 1;
