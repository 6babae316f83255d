// The findings of `hotshift check --aws` for people: by the steps of the workflow, the worst first, each with what was found and the fix. Pure.
import type { Finding, Severity } from '../../domain/inventory.ts';
import type { ApplicationPlan, Region } from '../../domain/plan.ts';
import type { Inspection } from '../../functions/rehearse/inspect.ts';
import { safe, wrapped, type Style } from './style.ts';

/** The order of the workflow, as people meet it. */
const STEPS = ['Verify outage', 'Claim lease', 'Assess survivor', 'Fence writer', 'Promote replica', 'Scale survivor', 'Shift reads', 'Shift writes', 'Confirm service', 'Announce', 'Every step', 'Drill'];
const MARKS: Readonly<Record<Severity, string>> = { critical: 'CRITICAL', warning: 'warning ', info: 'info    ' };

export function findingsText(plan: ApplicationPlan, places: readonly Region[], { checks, findings }: Inspection, style: Style, columns?: number): string {
  const made = findings.filter(({ id }) => id !== 'not-checked');
  const open = findings.filter(({ id }) => id === 'not-checked');
  const steps = [...new Set([...STEPS, ...made.map(({ step }) => step)])].filter((step) => made.some((found) => found.step === step));
  return [
    `${style.bold(plan.application)}  ${plan.regions.join(' + ')}, witness ${plan.witness}  ${style.dim(`${checks} checks in ${places.join(', ')}, nothing was changed`)}`,
    ...steps.flatMap((step) => ['', style.bold(step), ...made.filter((found) => found.step === step).flatMap((found) => entry(found, style, columns))]),
    ...(open.length === 0 ? [] : ['', style.bold(`Not checked (${open.length})`), ...open.flatMap((found) => unasked(found, style, columns))]),
    '', verdict(plan, findings, style),
  ].join('\n');
}

function entry({ id, severity, title, subject, region, evidence, fix }: Finding, style: Style, columns: number | undefined): readonly string[] {
  return [
    `  ${painted(severity, style)}  ${safe(title)}  ${style.dim(`${safe(subject)}, ${region}  [${id}]`)}`,
    ...wrapped(safe(evidence), columns, '                   ', `            ${style.dim('found:')} `),
    ...(severity === 'info' ? [] : wrapped(safe(fix), columns, '                   ', `            ${style.dim('fix:')}   `)),
  ];
}

const unasked = ({ severity, subject, region, evidence }: Finding, style: Style, columns: number | undefined): readonly string[] => [
  `  ${painted(severity, style)}  ${safe(subject)}  ${style.dim(region)}`, ...wrapped(safe(evidence), columns, '                   ', `            ${style.dim('why:')}   `),
];

const painted = (severity: Severity, style: Style): string => (severity === 'critical' ? style.bad : severity === 'warning' ? style.warn : style.dim)(MARKS[severity]);

function verdict({ application }: ApplicationPlan, findings: readonly Finding[], style: Style): string {
  const count = (severity: Severity): number => findings.filter((found) => found.severity === severity).length;
  const [critical, warning, info] = [count('critical'), count('warning'), count('info')];
  const counts = `${critical} critical, ${warning} warning${warning === 1 ? '' : 's'}, ${info} to know`;
  if (critical > 0) return `${style.bad(`A failover of ${application} would not work today, or nobody knows that it would:`)} ${counts}. Each id has its entry in docs/runbook.md.`;
  return `${style.good(`Nothing stands in the way of a failover of ${application}:`)} ${counts}.`;
}
