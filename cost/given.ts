// What a person says about the assumptions, laid one over the other: a file, then options, then `--set`. Bad values are refused with
// their name and the fix, wherever they were said.
import { parse } from 'yaml';
import { InvalidConfigError } from '../events/config-issue.ts';
import { assumptionsForm, type Assumptions } from './assumptions.ts';
import { shaped, sourceOf } from './form.ts';

export interface Given {
  /** The text of the assumptions file and its name. */
  readonly file?: { readonly text: string; readonly name: string };
  /** `business.outage=2h` and the like, later ones last. */
  readonly settings: readonly string[];
}

type Tree = Record<string, unknown>;

/** The assumptions, and the tree of what was said. Throws InvalidConfigError. */
export function givenAssumptions({ file, settings }: Given): { readonly assumptions: Assumptions; readonly given: unknown } {
  const source = file === undefined ? undefined : sourceOf(file.text, file.name);
  const tree: Tree = isMap(source?.tree) ? structuredClone(source.tree) : {};
  if (source !== undefined && source.tree !== null && !isMap(source.tree)) throw refusal([], 'must be a map of groups (business, recovery, application, people, hotshift)', 'begin with a group, for example business:', file?.name);
  for (const setting of settings) set(tree, setting);
  return { assumptions: shaped(assumptionsForm, tree, file?.name ?? 'assumptions', (path) => source?.position(path)), given: tree };
}

function set(tree: Tree, setting: string): void {
  const [, group, name, text] = /^([A-Za-z]+)\.([A-Za-z]+)=(.+)$/.exec(setting) ?? [];
  if (group === undefined || name === undefined || text === undefined) throw refusal([setting], 'must be group.name=value', 'write, for example, --set business.outage=2h');
  const own = Object.hasOwn(tree, group) ? tree[group] : (tree[group] = {});
  if (!isMap(own)) throw refusal([group], 'must be a map', `write its fields below ${group}:`);
  own[name] = scalar(text);
}

/** `2h` stays text, `99.9` becomes a number; nothing else of YAML is wanted here. */
function scalar(text: string): unknown {
  try {
    const value: unknown = parse(text);
    return typeof value === 'number' ? value : text;
  } catch {
    // Not YAML: the form will say what it should be.
    return text;
  }
}

const isMap = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
const refusal = (path: readonly string[], message: string, fix: string, name = '--set'): InvalidConfigError => new InvalidConfigError([{ severity: 'error', path, message, fix }], name);
