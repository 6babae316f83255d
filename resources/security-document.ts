// docs/security.md, and the figures in docs/deploy.md, from the very resources that are deployed: `node resources/security-document.ts`
// writes them, `--check` only compares.
// It describes the example plan, as one with real ARNs would differ in every row.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NAMESPACE } from '../adapters/figures.ts';
import type { Json, Statement } from './cloudformation.ts';
import { functionsAt, reservedAt } from './functions.ts';
import { readNetworks } from './network.ts';
import { allRegions, isWitness, readPlans, type Plans } from './plans.ts';
import { resourcesOf } from './stack.ts';

const FILE = join(import.meta.dirname, '..', 'docs', 'security.md');
const DEPLOY = join(import.meta.dirname, '..', 'docs', 'deploy.md');
const EXAMPLE = join(import.meta.dirname, '..', 'hotshift.example.yml');

interface Row { readonly who: string; readonly statement: Statement & { readonly Principal?: unknown } }
type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: Json }>>;
type PolicyDocument = { readonly Statement: readonly Row['statement'][] };

function stacksOf(plans: Plans): readonly Stack[] {
  const networks = readNetworks(plans, EXAMPLE.replace('hotshift.example', 'hotshift.network.example'));
  return allRegions(plans).map((region) => ({ region, resources: resourcesOf(region, plans, networks) as Resources }));
}

export function securityDocument(plans: Plans = readPlans(EXAMPLE)): string {
  const stacks = stacksOf(plans);
  const [first] = stacks;
  const witness = stacks.find(({ region }) => isWitness(region, plans));
  if (first === undefined || witness === undefined) throw new Error('the example has no pair and witness');
  const rows = rolesOf(first.resources);
  const known = new Set(rows.map(rowText).flatMap((row) => [row, row.replaceAll(first.region, witness.region)]));
  return [
    HEAD,
    '## What each role may do', '', `In \`${first.region}\`; the other region of the pair has the same with its own ARNs.`, '', ...table(rows), '',
    '## What differs in the witness', '',
    `\`${witness.region}\` serves no application. Its workflow runs only when the survivor's event bus did not answer, and may then act on either of the pair.`, '',
    ...table(rolesOf(witness.resources).filter((row) => !known.has(rowText(row)))), '',
    '## Policies on resources', '', 'Who may use a resource from outside, and under which condition.', '', ...table(resourcePolicies({ ...first.resources, ...pick(witness.resources, 'OnCallPolicy') })), '',
    '## Who may assume a role', '', ...trust(first.resources), '',
    '## Counts', '', ...counts(plans, stacks), '',
  ].join('\n');
}

const HEAD = `# Security: who may do what

<!-- Made by resources/security-document.ts from the templates of hotshift.example.yml; do not edit. \`node resources/security-document.ts\` -->

Every function has a role of its own. A test reads the source of each function with TypeScript's type checker, collects the AWS calls
that it can send and compares them with its role: nothing is missing and nothing is unused (\`test/unit/resources/permissions.test.ts\`).
Every run of the twin holds each call that a function makes against its role, with resource and conditions, as IAM would (\`twin/rights.ts\`),
and what the simulator saw each function ask of its ports is held against its role in the same way (\`test/simulation/rights.test.ts\`); what no run uses has its reason there.
\`npm run judges\` holds each statement against AWS's Service Authorization Reference.

What changes the world is bound: a promotion to the configured instances, a fence to their security groups, records to the configured
names and types (upserts only), capacity to the configured services, items to the configured applications.
`;

const rolesOf = (resources: Resources): readonly Row[] => Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role')
  .flatMap(([id, { Properties }]) => (Properties['Policies'] as readonly { readonly PolicyDocument: PolicyDocument }[])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map((statement) => ({ who: id, statement }))));

const resourcePolicies = (resources: Resources): readonly Row[] => Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
  if (Type === 'AWS::Lambda::Permission') return [{ who: `Function ${textOf(Properties['FunctionName'])}: ${Properties['Principal'] === '*' ? 'anyone' : String(Properties['Principal'])}`, statement: permission(id, Properties) }];
  const document = (Properties['PolicyDocument'] ?? Properties['KeyPolicy']) as PolicyDocument | undefined;
  return (document?.Statement ?? []).map((statement) => ({ who: `${id}: ${principal(statement.Principal)}`, statement }));
});

/** A Lambda permission in the words of a policy. */
const permission = (id: string, { Action, FunctionName, SourceAccount, SourceArn, FunctionUrlAuthType, InvokedViaFunctionUrl }: Json): Row['statement'] => ({
  Sid: id, Effect: 'Allow', Action: [Action as string], Resource: FunctionName,
  Condition: SourceArn !== undefined ? { StringEquals: { 'aws:SourceAccount': SourceAccount }, ArnLike: { 'aws:SourceArn': SourceArn } }
    : FunctionUrlAuthType !== undefined ? { StringEquals: { 'lambda:FunctionUrlAuthType': FunctionUrlAuthType } } : { Bool: { 'lambda:InvokedViaFunctionUrl': String(InvokedViaFunctionUrl) } },
});

const principal = (value: unknown): string => (typeof value === 'string' ? 'anyone' : Object.values(value as Json).map(textOf).join(', '));
const pick = (resources: Resources, id: string): Resources => Object.fromEntries(Object.entries(resources).filter(([name]) => name === id));

/** Rows with the same statement are one row with all their names. */
function table(rows: readonly Row[]): readonly string[] {
  const merged = new Map<string, string[]>();
  for (const row of rows) {
    const what = rowText(row);
    merged.set(what, [...(merged.get(what) ?? []), row.who]);
  }
  return ['| Who | Statement | Actions | Resources | Condition |', '|---|---|---|---|---|', ...[...merged].map(([what, who]) => `| ${who.join('<br>')} | ${what} |`)];
}

/** The names of the function's own log group and function are told as `<function>`, so that such rows are one. */
function rowText({ who, statement: { Sid, Effect, Action, Resource, Condition = {} } }: Row): string {
  const own = new RegExp(`hotshift-${who.replace(/Role$/, '').toLowerCase()}(?=:|$)`);
  const text = (value: unknown): string => textOf(value).replace(own, 'hotshift-<function>');
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) => Object.entries(keys as Json).map(([name, values]) => `${operator} ${name}: ${[values].flat().map(text).join(', ')}`));
  return [`${Effect === 'Deny' ? '**deny** ' : ''}${Sid}`, [Action].flat().map(code).join('<br>'), [Resource].flat().map((one) => code(text(one))).join('<br>'), conditions.map(code).join('<br>') || 'none'].join(' | ');
}

const code = (value: string): string => `\`${value}\``;

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Sub': template, 'Fn::GetAtt': attribute, Ref: id } = value as { readonly 'Fn::Sub'?: string; readonly 'Fn::GetAtt'?: readonly string[]; readonly Ref?: string };
  if (template !== undefined) return template.replaceAll('${AWS::Partition}', 'aws').replaceAll('${AWS::AccountId}', 'account').replaceAll('${AWS::Region}', 'region').replaceAll('${AWS::URLSuffix}', 'amazonaws.com');
  if (attribute !== undefined) return `${attribute[0] ?? ''} (${attribute[1] ?? ''})`;
  return id ?? JSON.stringify(value);
}

function trust(resources: Resources): readonly string[] {
  const lines = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role').map(([id, { Properties }]) => {
    const [statement] = (Properties['AssumeRolePolicyDocument'] as PolicyDocument).Statement;
    const conditions = Object.entries(statement?.Condition ?? {}).flatMap(([, keys]) => Object.entries(keys as Json).map(([name, value]) => `\`${name}\` = \`${textOf(value)}\``));
    return { id, rule: `\`${principal(statement?.Principal)}\`, when ${conditions.join(' and ')}` };
  });
  const rules = [...new Set(lines.map(({ rule }) => rule))];
  return rules.map((rule) => `- ${rule}: ${lines.filter((line) => line.rule === rule).map(({ id }) => id).join(', ')}`);
}

interface Stack { readonly region: string; readonly resources: Resources }
const numberOf = (type: string, resources: Resources): number => Object.values(resources).filter(({ Type }) => Type === type).length;
// Functions are made by osls out of serverless.yml; a deployment bucket and its policy come with them.
const total = ({ region, resources }: Stack, plans: Plans): number => Object.keys(resources).length + functionsAt(region, plans).length + 2;

function counts(plans: Plans, stacks: readonly Stack[]): readonly string[] {
  const rows = stacks.map((stack) => {
    const { region, resources } = stack;
    const allowed = rolesOf(resources).filter(({ statement }) => statement.Effect === 'Allow');
    const actions = allowed.flatMap(({ statement }) => statement.Action);
    const wide = allowed.filter(({ statement }) => statement.Resource === '*').flatMap(({ statement }) => statement.Action);
    const kinds = ['AWS::IAM::Role', 'AWS::Events::Rule', 'AWS::Scheduler::Schedule', 'AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].map((type) => numberOf(type, resources));
    return `| ${[`${region}${isWitness(region, plans) ? ' (witness)' : ''}`, total(stack, plans), functionsAt(region, plans).length, ...kinds, reservedAt(region, plans), actions.length, new Set(actions).size, new Set(wide).size].join(' | ')} |`;
  });
  return ['One application with one database. "Reserved" are concurrent executions of Lambda. "Actions" counts each action of each role; "without a resource" are',
    'those whose service knows no resource to name.', '',
    '| Stack | Resources | Functions | Roles | Rules | Schedules | Alarms | Composite alarms | Reserved | Actions | Different actions | Without a resource |', '|---|---|---|---|---|---|---|---|---|---|---|---|', ...rows];
}

/** As `hotshift deploy --plan` begins with a stack. */
function planLine(stack: Stack): string {
  const actions = rolesOf(stack.resources).filter(({ statement }) => statement.Effect === 'Allow').flatMap(({ statement }) => statement.Action);
  return `${stack.region}  ${total(stack, readPlans(EXAMPLE))} resources, ${numberOf('AWS::IAM::Role', stack.resources)} roles with ${actions.length} actions (${new Set(actions).size} different)`;
}

/** docs/deploy.md with the figures of the example's stacks in it. */
export function deployDocument(text: string, plans: Plans = readPlans(EXAMPLE)): string {
  const stacks = stacksOf(plans);
  const packaged = stacks.map((stack) => `${stack.region.padEnd(14)} ${total(stack, plans)} resources, ${functionsAt(stack.region, plans).length} functions, ${numberOf('AWS::IAM::Role', stack.resources)} roles (from hotshift.yml)`);
  const seen = stacks.flatMap(({ resources }) => Object.values(resources)).filter(({ Type, Properties }) => Type === 'AWS::CloudWatch::Alarm' && Properties['Namespace'] === NAMESPACE);
  const composites = stacks.flatMap(({ resources }) => Object.values(resources)).filter(({ Type, Properties }) => Type === 'AWS::CloudWatch::CompositeAlarm' && plans.applications.some(({ application }) => String(Properties['AlarmName']).startsWith(`hotshift-${application}-`)));
  const reserved = Math.max(...stacks.map(({ region }) => reservedAt(region, plans)));
  return text
    .replace(/(?:^\S+ +\d+ resources, \d+ functions, \d+ roles \(from hotshift\.yml\)\n)+/m, packaged.map((line) => `${line}\n`).join(''))
    .replace(/^\S+ {2}\d+ resources, \d+ roles with .*$/m, stacks.slice(0, 1).map(planLine).join())
    .replace(/\d+ metric alarms, \d+ of them of\nhigh resolution, and \d+ composite/, `${seen.length} metric alarms, ${seen.filter(({ Properties }) => Number(Properties['Period']) < 60).length} of them of\nhigh resolution, and ${composites.length} composite`)
    .replace(/reserve \d+ concurrent/, `reserve ${reserved} concurrent`).replace(/limit must be\n +\d+ or more/, (found) => found.replace(/\d+/, String(reserved + 100)));
}

if (import.meta.main) {
  const wanted = [[FILE, securityDocument()], [DEPLOY, deployDocument(readFileSync(DEPLOY, 'utf8'))]] as const;
  for (const [file, text] of wanted) {
    if (!process.argv.includes('--check')) writeFileSync(file, text);
    else if (readFileSync(file, 'utf8') !== text) {
      console.error(`${file} does not fit the templates: node resources/security-document.ts`);
      process.exitCode = 1;
    }
  }
}
