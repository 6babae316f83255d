// One JSONata expression: compiled once, evaluated many times. Time and chance come from the world that is handed in, also in
// JSONata's own functions; what Step Functions refuses at deployment is refused here at load.
import jsonata from 'jsonata';
import { TaskError } from './errors.ts';
import { HOST, registerFunctions } from './functions.ts';

/** What an evaluation may see and use. */
export interface World {
  readonly states: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly now: () => number;
  readonly random: () => number;
}
export type Report = (problem: string) => void;
/** What `$states` holds besides input and context where an expression stands. */
export type Sees = 'result' | 'errorOutput' | undefined;
export type Evaluate = (world: World) => Promise<unknown>;

/** jsonata calls a function bound to this symbol at each node, with the frame whose `timestamp` its date functions read. */
const AT_EACH_NODE = Symbol.for('jsonata.__evaluate_entry');
const READS_TIME = /\$(now|millis|toMillis)\b/;

/** Compiles `source`, which stood in `field`; undefined after a problem was reported. */
export function expression(source: string, field: string, report: Report, sees: Sees): Evaluate | undefined {
  const compiled = compile(source, field, report, sees);
  if (compiled === undefined) return undefined;
  registerFunctions(compiled);
  if (READS_TIME.test(source)) freezeTime(compiled);
  const say = (problem: string): TaskError => new TaskError('States.QueryEvaluationError', `The JSONata expression '${source}' specified for the field '${field}' ${problem}`);
  return async (world) => {
    let result: unknown;
    try {
      result = await compiled.evaluate(undefined, { ...world.variables, states: world.states, [HOST]: world });
    } catch (error) {
      throw say(`threw an error during evaluation. ${messageOf(error)}`);
    }
    // Guide, "Handling errors": States.QueryEvaluationError also stands for a result that is undefined.
    if (result === undefined) throw say('returned nothing (undefined).');
    return plain(result, say);
  };
}

function compile(source: string, field: string, report: Report, sees: Sees): jsonata.Expression | undefined {
  try {
    const compiled = jsonata(source);
    const problems = refused(compiled.ast(), sees);
    for (const problem of problems) report(`${field}: ${problem} (in ${source.trim()})`);
    return problems.length === 0 ? compiled : undefined;
  } catch (error) {
    report(`${field}: ${messageOf(error)} (in ${source.trim()})`);
    return undefined;
  }
}

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** What parses and yet is no expression for Step Functions: $eval (guide, "JSONata functions") and the top-level context, which is empty. */
function refused(root: unknown, sees: Sees): readonly string[] {
  const problems: string[] = [];
  const everywhere = (node: unknown): void => {
    if (!isNode(node)) return;
    if (node['type'] === 'variable' && node['value'] === 'eval') problems.push('$eval is not supported by Step Functions; use $parse');
    if (node['type'] === 'variable' && node['value'] === '$') problems.push("Reference to '$$' is not supported; use $states.input");
    const member = statesMember(node);
    if ((member === 'result' || member === 'errorOutput') && member !== sees) problems.push(`$states.${member} has no value here`);
    Object.values(node).forEach(everywhere);
  };
  const atTop = (node: unknown): void => {
    // A later step of a path, a predicate, a grouping and an update see what the step before them gave.
    const path = isNode(node) && node['type'] === 'path' && Array.isArray(node['steps']);
    const first: unknown = path ? (node['steps'] as readonly unknown[])[0] : node;
    if (!isNode(first) || first['type'] === 'transform') return;
    if (first['type'] === 'name') problems.push(`Reference to '${String(first['value'])}' at the top level is not supported; use $states.input or a variable`);
    for (const [key, child] of Object.entries(first)) if (!INNER.has(key)) atTop(child);
  };
  everywhere(root);
  atTop(root);
  return problems;
}

/** The x of a path that begins with `$states.x`. */
function statesMember(node: Node): unknown {
  const [first, second] = (node['type'] === 'path' ? node['steps'] : []) as readonly (Node | undefined)[];
  return first?.['type'] === 'variable' && first['value'] === 'states' ? second?.['value'] : undefined;
}

const INNER: ReadonlySet<string> = new Set(['predicate', 'stages', 'group', 'terms']);

/** jsonata reads the real clock when an evaluation begins; the Date that it made is set to the world's time before anything reads it. */
function freezeTime(compiled: jsonata.Expression): void {
  const set = (_node: unknown, _input: unknown, environment: jsonata.Environment): void => {
    environment.timestamp.setTime((environment.lookup(HOST) as World).now());
  };
  compiled.assign(AT_EACH_NODE as unknown as string, set);
}

/** Plain JSON: jsonata marks its sequences with more properties, and a function is no value that could leave a state. */
function plain(result: unknown, say: (problem: string) => TaskError): unknown {
  if (typeof result === 'function' || (isNode(result) && ('_jsonata_function' in result || '_jsonata_lambda' in result))) throw say('returned a function.');
  return isNode(result) ? (JSON.parse(JSON.stringify(result)) as unknown) : result;
}

function messageOf(error: unknown): string {
  // jsonata throws plain objects with a code and a message.
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return code === undefined ? (message ?? String(error)) : `${code}: ${message ?? ''}`;
}
