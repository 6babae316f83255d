// Is Hotshift itself there: the same functions everywhere, what starts them, the packaged workflow, somebody to tell, a drill not long ago?
import { lastGood, staleDrills, staleText, type DrillRecord } from '../../domain/drill.ts';
import type { Finding, FunctionDetails, MachineDetails, RuleDetails } from '../../domain/inventory.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';
import { finding, type FindingId } from './catalogue.ts';

export const FUNCTION_FINDINGS: readonly FindingId[] = ['function-missing', 'function-not-active', 'function-code', 'function-no-reserve'];
export const MACHINE_FINDINGS: readonly FindingId[] = ['machine-missing', 'machine-differs'];

/** `packagedSha256`: empty when nothing is known of the package. */
export function functionFindings(name: string, region: Region, found: FunctionDetails | undefined, packagedSha256: string, reservedConcurrency: number): readonly Finding[] {
  const place = { region, subject: name };
  if (found === undefined) return [finding('function-missing', place, 'Lambda knows no such function')];
  return [
    // `Inactive`: Lambda takes the resources of an idle function back, and the next call fails until it has them again.
    ...(found.state === 'Active' ? [] : [finding('function-not-active', place, `state ${found.state}`)]),
    ...(packagedSha256 === '' || found.codeSha256 === packagedSha256 ? [] : [finding('function-code', place, `code ${short(found.codeSha256)}, packaged was ${short(packagedSha256)}`)]),
    ...((found.reservedConcurrency ?? 0) >= reservedConcurrency ? [] : [finding('function-no-reserve', place, `reserved: ${found.reservedConcurrency ?? 'nothing'}, wanted ${reservedConcurrency}`)]),
  ];
}

export const FUNCTION_DRIFT_FINDINGS: readonly FindingId[] = ['function-code', 'function-settings'];

/** A place held against the first of the pair. */
export function functionDriftFindings(name: string, region: Region, found: FunctionDetails, first: Region, there: FunctionDetails): readonly Finding[] {
  const place = { region, subject: name };
  return [
    ...(found.codeSha256 === there.codeSha256 ? [] : [finding('function-code', place, `code ${short(found.codeSha256)}, in ${first} ${short(there.codeSha256)}`)]),
    ...(found.settings === there.settings ? [] : [finding('function-settings', place, `${differing(found.settings, there.settings)}; compared with ${first}`)]),
  ];
}

export function machineFindings(name: string, region: Region, found: MachineDetails | undefined, packaged: string): readonly Finding[] {
  const place = { region, subject: name };
  if (found?.status !== 'ACTIVE') return [finding('machine-missing', place, found === undefined ? 'Step Functions knows no such state machine' : `status ${found.status}`)];
  return comparable(found.definition) === comparable(packaged) ? [] : [finding('machine-differs', place, 'its definition is not the packaged one')];
}

/** `target`: how the ARN of what the rule starts must end. */
export function ruleFindings(name: string, region: Region, target: string, found: RuleDetails | undefined): readonly Finding[] {
  const leads = found?.targetArns.some((arn) => arn.split(':')[3] === region && arn.endsWith(`:${target}`)) === true;
  if (found?.isEnabled === true && leads) return [];
  return [finding('rule-disabled', { region, subject: name }, found === undefined ? 'EventBridge knows no such rule' : !found.isEnabled ? 'it is disabled' : `it leads to ${found.targetArns.join(', ') || 'nothing'}`)];
}

export const scheduleFindings = (name: string, region: Region, state: string | undefined): readonly Finding[] =>
  (state === 'ENABLED' ? [] : [finding('schedule-disabled', { region, subject: name }, state === undefined ? 'there is no such schedule' : `state ${state}`)]);

export const slackFindings = (secretId: string, region: Region, trouble: string | undefined): readonly Finding[] =>
  (trouble === undefined ? [] : [finding('slack-refused', { region, subject: secretId }, `auth.test: ${trouble}`)]);

/** By the rule that `status` and the alarm go by: a drill that was refused, stopped, yielded or handed over is none. */
export function drillFindings({ application, regions }: Pick<ApplicationPlan, 'application' | 'regions'>, records: readonly DrillRecord[], now: Instant): readonly Finding[] {
  const place = { region: 'global', subject: application } as const;
  if (lastGood(records) === undefined) return [finding('drill-none', place, records.length === 0 ? 'the table has no record of a drill' : `of ${records.length} on record none moved users, held and brought them back`)];
  const stale = staleDrills(regions, records, now);
  return stale.length === 0 ? [] : [finding('drill-old', place, stale.map(staleText).join('; '))];
}

/** Placeholders and the ARNs that took their place are the same function; spacing and the order of members say nothing. */
function comparable(definition: string): string {
  const named = definition
    .replace(/\$\{(\w+?)FunctionArn\}/g, (_, id: string) => `function:${id.toLowerCase()}`)
    .replace(/arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:hotshift-([a-z-]+)/g, (_, id: string) => `function:${id.replaceAll('-', '')}`);
  try {
    return JSON.stringify(ordered(JSON.parse(named)));
  } catch {
    // Not JSON: then it is not ours, and its text will differ.
    return named;
  }
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, part]) => [name, ordered(part)]));
}

const short = (hash: string): string => hash.slice(0, 10);

/** The settings are `name=value` by lines; only names are told, since a value may be a secret. */
function differing(one: string, other: string): string {
  const [left, right] = [one.split('\n'), other.split('\n')];
  const names = [...left.filter((line) => !right.includes(line)), ...right.filter((line) => !left.includes(line))].map((line) => line.split('=')[0] ?? '');
  return `${[...new Set(names)].sort().join(', ')} differ`;
}
