// What would be deployed, for people: per region the contents, the functions and what differs. Pure.
import type { DeployedStack } from '../../adapters/stacks.ts';
import { contentsOf, differenceOf, isSame, type Difference, type TemplateText } from '../../resources/difference.ts';
import type { PackagedFunction, Packages } from '../packages.ts';
import { safe, wrapped, type Style } from './style.ts';

export interface StackView {
  readonly region: string;
  readonly template: TemplateText;
  readonly before: TemplateText | undefined;
  readonly deployed: DeployedStack;
}

/** Names shown of one kind of difference; more of them are a number. */
const SHOWN_MAX = 12;

export function stackText({ region, template, before, deployed }: StackView, style: Style, columns: number | undefined): string {
  const { resources, byType, roles, actions, differentActions } = contentsOf(template);
  return [
    `${style.bold(region)}  ${resources} resources, ${roles} roles with ${actions} actions (${differentActions} different)`,
    ...wrapped(byType.map(([type, count]) => `${type.replace(/^AWS::/, '')} ${count}`).join(', '), columns, '  '),
    ...differenceText('the last package', before === undefined ? 'none was here' : differenceOf(before, template), style, columns),
    ...differenceText('AWS', comparedWithAws(deployed, template), style, columns),
  ].join('\n');
}

export function comparedWithAws(deployed: DeployedStack, template: TemplateText): string | Difference {
  switch (deployed.kind) {
    case 'absent': return 'there is no such stack yet';
    case 'unknown': return `not compared with AWS (${safe(deployed.reason)})`;
    case 'deployed': return differenceOf(deployed.template as TemplateText, template);
  }
}

function differenceText(what: string, found: string | Difference, style: Style, columns: number | undefined): readonly string[] {
  if (typeof found === 'string') return [`  ${style.dim(`beside ${what}:`)} ${found}`];
  if (isSame(found)) return [`  ${style.dim(`beside ${what}:`)} the same`];
  const { added, removed, changed } = found;
  const names = (sign: string, list: readonly string[]): readonly string[] => {
    if (list.length === 0) return [];
    const more = list.length > SHOWN_MAX ? ` and ${list.length - SHOWN_MAX} more` : '';
    return wrapped(`${list.slice(0, SHOWN_MAX).join(', ')}${more}`, columns, '      ', `    ${sign} `);
  };
  return [
    `  ${style.dim(`beside ${what}:`)} ${added.length} added, ${removed.length} removed, ${changed.length} changed`,
    ...names(style.good('+'), added), ...names(style.bad('-'), removed), ...names(style.warn('~'), changed.map(({ id, properties }) => `${id} (${properties.join(', ')})`)),
  ];
}

/** Functions with their sizes; those whose bytes are not those of the last package are marked. */
export function functionsText({ before, after }: { readonly before: Packages; readonly after: Packages }, style: Style, columns: number | undefined): string {
  const changed = changedFunctions(before.functions, after.functions);
  const list = after.functions.map(({ name, kilobytes }) => `${name} ${kilobytes} KB`).join(', ');
  const note = before.functions.length === 0 ? 'no earlier package was here' : changed.length === 0 ? 'the code is that of the last package' : `not the code of the last package: ${changed.join(', ')}`;
  return [`${style.bold('functions')}  ${after.functions.length}, zipped`, ...wrapped(list, columns, '  '), ...wrapped(note, columns, '  ')].join('\n');
}

export const changedFunctions = (before: readonly PackagedFunction[], after: readonly PackagedFunction[]): readonly string[] =>
  after.filter(({ name, hash }) => before.find((old) => old.name === name)?.hash !== hash).map(({ name }) => name);
