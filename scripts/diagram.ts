// Draws the failover workflow from its YAML as Mermaid, between the markers of README.md. `--check` only says whether it is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface StateFields {
  readonly Type: string; readonly Next?: string; readonly End?: boolean; readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Branches?: readonly Machine[];
  readonly ItemProcessor?: Machine;
}
interface Machine { readonly StartAt: string; readonly States: Readonly<Record<string, StateFields>> }

const root = join(import.meta.dirname, '..');
const START = '<!-- diagram -->';
const END = '<!-- /diagram -->';
/** States that only carry data or time: left out, their arrows joined. */
const QUIET: ReadonlySet<string> = new Set(['Note suspicion', 'Name database', 'Stand down', 'Database moved', 'Database stays', 'Reads settled', 'Nobody told', 'Survivor stays as it is']);

/** Catches are left out: each of them leads to `Conclude`, as the text under the picture says. */
export function diagram(machine: Machine): string {
  const lines = ['flowchart TD'];
  const ids = new Map<string, string>();
  const id = (name: string): string => {
    const known = ids.get(name);
    if (known !== undefined) return known;
    const made = `s${ids.size}`;
    ids.set(name, made);
    return made;
  };
  const draw = (scope: Machine, indent: string): void => {
    for (const [name, state] of Object.entries(scope.States)) {
      if (hidden(scope, name)) continue;
      if (state.Branches !== undefined || state.ItemProcessor !== undefined) {
        lines.push(`${indent}subgraph ${id(name)}["${name}"]`);
        for (const inner of state.Branches ?? [state.ItemProcessor as Machine]) draw(inner, `${indent}  `);
        lines.push(`${indent}end`);
      } else lines.push(`${indent}${id(name)}${shape(name, state)}`);
    }
    for (const [name, state] of Object.entries(scope.States)) {
      if (hidden(scope, name)) continue;
      const targets = [...new Set(targetsOf(state).map((target) => visible(scope, target)).filter((target) => target !== undefined && target !== name))];
      for (const target of targets) lines.push(`${indent}${id(name)} --> ${id(target as string)}`);
    }
  };
  draw(machine, '  ');
  lines.push('  classDef outcome stroke-width:3px', `  class ${['Failed over', 'Stood down', 'Handed to a human'].map(id).join(',')} outcome`);
  return lines.join('\n');
}

const targetsOf = (state: StateFields): readonly string[] =>
  [...(state.Choices ?? []).map((choice) => choice.Next), ...(state.Default === undefined ? [] : [state.Default]), ...(state.Next === undefined ? [] : [state.Next])];

const hidden = (scope: Machine, name: string): boolean => QUIET.has(name) || scope.States[name]?.Type === 'Wait';

/** Follows hidden states to the next one that is drawn. */
function visible(scope: Machine, name: string): string | undefined {
  const state = scope.States[name];
  if (state === undefined || !hidden(scope, name)) return name;
  return state.Next === undefined ? undefined : visible(scope, state.Next);
}

function shape(name: string, state: StateFields): string {
  if (state.Type === 'Choice') return `{{"${name}"}}`;
  return state.Type === 'Succeed' || state.Type === 'Fail' ? `(["${name}"])` : `["${name}"]`;
}

/** The README with the present picture in it. Throws when the markers are missing. */
export function withDiagram(readme: string): string {
  const machine = parse(readFileSync(join(root, 'statemachines', 'failover.asl.yaml'), 'utf8')) as Machine;
  const [from, to] = [readme.indexOf(START), readme.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`README.md has no ${START} ... ${END}`);
  return `${readme.slice(0, from)}${START}\n\`\`\`mermaid\n${diagram(machine)}\n\`\`\`\n${readme.slice(to)}`;
}

if (import.meta.main) {
  const file = join(root, 'README.md');
  const before = readFileSync(file, 'utf8');
  const after = withDiagram(before);
  if (process.argv.includes('--check') && before !== after) {
    console.error('the picture in README.md is not the workflow any more: run node scripts/diagram.ts');
    process.exitCode = 1;
  } else writeFileSync(file, after);
}
