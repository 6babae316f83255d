// docs/security.md from the very resources that are deployed: `node resources/security-document.ts` writes it, `--check` only compares.
// It describes the example plan, as one with real ARNs would differ in every row.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, Statement } from './cloudformation.ts';
import { functionsAt } from './functions.ts';
import { readNetworks } from './network.ts';
import { allRegions, isWitness, readPlans, type Plans } from './plans.ts';
import { resourcesOf } from './stack.ts';

const FILE = join(import.meta.dirname, '..', 'docs', 'security.md');
const EXAMPLE = join(import.meta.dirname, '..', 'hotshift.example.yml');

interface Row { readonly who: string; readonly statement: Statement & { readonly Principal?: unknown } }
type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: Json }>>;
type PolicyDocument = { readonly Statement: readonly Row['statement'][] };

export function securityDocument(plans: Plans = readPlans(EXAMPLE)): string {
  const networks = readNetworks(plans, EXAMPLE.replace('hotshift.example', 'hotshift.network.example'));
  const stacks = allRegions(plans).map((region) => ({ region, resources: resourcesOf(region, plans, networks) as Resources }));
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
\`npm run judges\` holds each statement against AWS's Service Authorization Reference.

What changes the world is bound: a promotion to the configured instances, a fence to their security groups, records to the configured
names and types (upserts only), capacity to the configured services, items to the configured applications.
`;

const rolesOf = (resources: Resources): readonly Row[] => Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role')
  .flatMap(([id, { Properties }]) => (Properties['Policies'] as readonly { readonly PolicyDocument: PolicyDocument }[])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map((statement) => ({ who: id, statement }))));

const resourcePolicies = (resources: Resources): readonly Row[] => Object.entries(resources).flatMap(([id, { Properties }]) => {
  const document = (Properties['PolicyDocument'] ?? Properties['KeyPolicy']) as PolicyDocument | undefined;
  return (document?.Statement ?? []).map((statement) => ({ who: `${id}: ${principal(statement.Principal)}`, statement }));
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

function counts(plans: Plans, stacks: readonly { readonly region: string; readonly resources: Resources }[]): readonly string[] {
  const rows = stacks.map(({ region, resources }) => {
    const rolesRows = rolesOf(resources);
    const allowed = rolesRows.filter(({ statement }) => statement.Effect === 'Allow');
    const actions = allowed.flatMap(({ statement }) => statement.Action);
    const wide = allowed.filter(({ statement }) => statement.Resource === '*').flatMap(({ statement }) => statement.Action);
    const count = (type: string): number => Object.values(resources).filter(({ Type }) => Type === type).length;
    // Functions are made by osls out of serverless.yml; a deployment bucket and its policy come with them.
    const functions = functionsAt(region, plans).length;
    return `| ${region}${isWitness(region, plans) ? ' (witness)' : ''} | ${Object.keys(resources).length + functions + 2} | ${functions} | ${count('AWS::IAM::Role')} | ${count('AWS::CloudWatch::Alarm') + count('AWS::CloudWatch::CompositeAlarm')} | ${actions.length} | ${new Set(actions).size} | ${new Set(wide).size} |`;
  });
  return ['Actions counts each action of each role; "without a resource" are those whose service knows no resource to name.', '',
    '| Stack | Resources | Functions | Roles | Alarms | Actions | Different actions | Without a resource |', '|---|---|---|---|---|---|---|---|', ...rows];
}

if (import.meta.main) {
  const wanted = securityDocument();
  if (!process.argv.includes('--check')) writeFileSync(FILE, wanted);
  else if (readFileSync(FILE, 'utf8') !== wanted) {
    console.error('docs/security.md does not fit the templates: node resources/security-document.ts');
    process.exitCode = 1;
  }
}
