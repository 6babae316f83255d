// From YAML or JSON to a loaded state machine. Everything that this interpreter does not run, and every slip that a deployment
// would reject or (worse) accept, is refused here with the state's name and the field; all problems at once.
import { parse } from 'yaml';
import type { StateMachine } from './definition.ts';
import { DefinitionError } from './errors.ts';
import { FIELDS, Part, asFields, numberFrom } from './load-fields.ts';
import { loadScope } from './load-graph.ts';
import { SECONDS_MAX } from './seconds.ts';

const MACHINE = 'the state machine';

/** Throws DefinitionError with every problem. */
export function load(definition: unknown): StateMachine {
  const problems: string[] = [];
  const part = new Part(MACHINE, '', definition, FIELDS.machine, problems);
  if (!part.has('QueryLanguage')) part.tell('QueryLanguage', 'is missing; it must be JSONata (JSONPath is not supported)');
  const timeout = part.fields['TimeoutSeconds'];
  if (timeout !== undefined && numberFrom(1, SECONDS_MAX)(timeout) !== undefined) part.tell('TimeoutSeconds', `${JSON.stringify(timeout)} must be a whole number from 1 to ${SECONDS_MAX}`);
  const scope = loadScope(part, MACHINE, new Set(), problems);
  if (problems.length > 0) throw new DefinitionError(problems);
  return { ...scope, definition, comment: part.text('Comment') ?? '', ...(timeout === undefined ? {} : { timeoutSeconds: Number(timeout) }) };
}

/** YAML with `${Name}` filled in as CloudFormation's DefinitionSubstitutions are. Unknown and unused names are errors. */
export function loadYaml(text: string, substitutions: Readonly<Record<string, string>> = {}): StateMachine {
  let definition: unknown;
  try {
    definition = parse(text, { maxAliasCount: 1000 });
  } catch (error) {
    throw new DefinitionError([`${MACHINE}: ${(error as Error).message}`]);
  }
  const [used, unknown] = [new Set<string>(), new Set<string>()];
  const filled = fill(definition, (name) => {
    used.add(name);
    if (!Object.hasOwn(substitutions, name)) unknown.add(name);
    return substitutions[name] ?? '';
  });
  const unused = Object.keys(substitutions).filter((name) => !used.has(name));
  const problems = [
    ...[...unknown].map((name) => `${MACHINE}: \${${name}}: no substitution has this name`),
    ...unused.map((name) => `${MACHINE}: the substitution ${name} is used nowhere`),
  ];
  if (problems.length > 0) throw new DefinitionError(problems);
  return load(filled);
}

function fill(value: unknown, substitute: (name: string) => string): unknown {
  if (typeof value === 'string') return value.replaceAll(/\$\{(\w+)\}/g, (_whole, name: string) => substitute(name));
  if (Array.isArray(value)) return value.map((entry) => fill(entry, substitute));
  const fields = asFields(value);
  return fields === undefined ? value : Object.fromEntries(Object.entries(fields).map(([key, entry]) => [key, fill(entry, substitute)]));
}
