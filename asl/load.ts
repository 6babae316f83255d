// From YAML or JSON to a loaded state machine. Everything that this interpreter does not run, and every slip that a deployment
// would reject or (worse) accept, is refused here with the state's name and the field; all problems at once.
import { parse } from 'yaml';
import type { Scope, State, StateMachine } from './definition.ts';
import { DefinitionError } from './errors.ts';
import { FIELDS, asRecord, checkRecords } from './load-fields.ts';
import { state, type Problems } from './load-state.ts';

/** Throws DefinitionError with every problem. */
export function load(definition: unknown): StateMachine {
  const problems: string[] = [];
  const report: Problems = (where, problem) => problems.push(`${where}: ${problem}`);
  const machine = asRecord(definition);
  if (machine === undefined) throw new DefinitionError(['the definition is not an object']);
  checkRecords('the state machine', machine, FIELDS.machine, report);
  if (machine['QueryLanguage'] !== 'JSONata') report('the state machine', 'QueryLanguage: must be JSONata; JSONPath is not supported');
  const timeout = machine['TimeoutSeconds'];
  if (timeout !== undefined && !(Number.isInteger(timeout) && Number(timeout) > 0)) report('the state machine', 'TimeoutSeconds: must be a positive integer');
  const names = new Set<string>();
  const loaded = scope('the state machine', machine, names, report);
  if (problems.length > 0) throw new DefinitionError(problems);
  return {
    ...loaded, definition, comment: typeof machine['Comment'] === 'string' ? machine['Comment'] : '',
    ...(timeout === undefined ? {} : { timeoutSeconds: Number(timeout) }),
  };
}

/** YAML with `${Name}` filled in as CloudFormation's DefinitionSubstitutions are. Unknown and unused names are errors. */
export function loadYaml(text: string, substitutions: Readonly<Record<string, string>> = {}): StateMachine {
  const used = new Set<string>();
  const unknown = new Set<string>();
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return value.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => {
        used.add(name);
        if (substitutions[name] === undefined) unknown.add(name);
        return substitutions[name] ?? whole;
      });
    }
    if (Array.isArray(value)) return value.map(fill);
    const record = asRecord(value);
    return record === undefined ? value : Object.fromEntries(Object.entries(record).map(([key, entry]) => [key, fill(entry)]));
  };
  const definition = fill(parse(text, { maxAliasCount: 1000 }));
  const unused = Object.keys(substitutions).filter((name) => !used.has(name));
  const problems = [...[...unknown].map((name) => `\${${name}}: no substitution has this name`), ...unused.map((name) => `the substitution ${name} is used nowhere`)];
  if (problems.length > 0) throw new DefinitionError(problems);
  return load(definition);
}

/** The states of a machine, branch or processor: all targets exist, all states can be reached, something ends it. */
function scope(where: string, record: Readonly<Record<string, unknown>>, names: Set<string>, report: Problems): Scope {
  const given = asRecord(record['States']);
  const startAt = typeof record['StartAt'] === 'string' ? record['StartAt'] : '';
  if (given === undefined || Object.keys(given).length === 0) {
    report(where, 'States: must hold at least one state');
    return { startAt, states: new Map() };
  }
  const states = new Map<string, State>();
  for (const [name, fields] of Object.entries(given)) {
    // Step Functions wants names to be unique in the whole machine, and at most 80 characters long.
    if (names.has(name)) report(name, 'the name stands twice in this state machine');
    if (name.length > 80) report(name, 'the name has more than 80 characters');
    names.add(name);
    const loaded = state(name, fields, (branch, inner) => scope(inner, branch, names, report), report);
    if (loaded !== undefined) states.set(name, loaded);
  }
  checkTargets(where, startAt, states, report);
  return { startAt, states };
}

export function targetsOf(found: State): readonly string[] {
  const caught = 'catch' in found ? found.catch.map((catcher) => catcher.next) : [];
  const chosen = found.type === 'Choice' ? [...found.rules.map((rule) => rule.next), ...(found.fallback === undefined ? [] : [found.fallback])] : [];
  return [...(found.next === undefined ? [] : [found.next]), ...caught, ...chosen];
}

function checkTargets(where: string, startAt: string, states: ReadonlyMap<string, State>, report: Problems): void {
  if (!states.has(startAt)) report(where, `StartAt: there is no state "${startAt}"`);
  for (const [name, found] of states) {
    for (const target of targetsOf(found)) if (!states.has(target)) report(name, `Next: there is no state "${target}" beside it`);
  }
  const reached = new Set<string>([startAt]);
  for (const name of reached) for (const target of targetsOf(states.get(name) ?? ({ type: 'Succeed' } as State))) reached.add(target);
  for (const name of states.keys()) if (!reached.has(name)) report(name, 'no state leads to it');
  if (![...states.values()].some((found) => found.end || found.type === 'Succeed' || found.type === 'Fail')) report(where, 'no state ends it (End, Succeed or Fail)');
}
