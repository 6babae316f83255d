// Retry and Catch: what is asked of them is in the States Language, "Errors", and in the guide, "Retrying after an error".
import type { Catcher, Effects, Retrier } from './definition.ts';
import { FIELDS, asFields, numberFrom, optional, type Part } from './load-fields.ts';
import type { Template } from './template.ts';

/** Upper bounds of the guide, "Retrying after an error". */
const MOST = 99_999_999;
const MAX_DELAY_SECONDS = 31_622_400;
/** Error names that begin with "States." are reserved (States Language, appendix A; guide, "Error names"). */
const RESERVED: ReadonlySet<string> = new Set([
  'ALL', 'BranchFailed', 'DataLimitExceeded', 'ExceedToleratedFailureThreshold', 'HeartbeatTimeout', 'Http.Socket', 'ItemReaderFailed', 'NoChoiceMatched',
  'Permissions', 'QueryEvaluationError', 'ResultWriterFailed', 'Runtime', 'TaskFailed', 'Timeout',
].map((name) => `States.${name}`));

export function retriers(state: Part): readonly Retrier[] {
  const parts = state.each('Retry', FIELDS.retrier);
  return parts.map((part, index) => {
    const number = (field: string, fallback: number, accepts: (value: unknown) => string | undefined): number => {
      const value = part.fields[field] ?? fallback;
      const problem = value === Infinity ? undefined : accepts(value);
      if (problem !== undefined) part.tell(field, `${JSON.stringify(value)} ${problem.replace(/, or .*/, '')}`);
      return Number(value);
    };
    const jitter = part.fields['JitterStrategy'] ?? 'NONE';
    if (jitter !== 'FULL' && jitter !== 'NONE') part.tell('JitterStrategy', `${JSON.stringify(jitter)} must be FULL or NONE`);
    const intervalSeconds = number('IntervalSeconds', 1, numberFrom(1, MOST));
    const maxDelaySeconds = number('MaxDelaySeconds', Infinity, numberFrom(1, MAX_DELAY_SECONDS));
    if (maxDelaySeconds <= intervalSeconds) part.tell('MaxDelaySeconds', `${maxDelaySeconds} must be greater than IntervalSeconds (${intervalSeconds})`);
    return {
      errors: errorNames(part, index === parts.length - 1), intervalSeconds, maxDelaySeconds, maxAttempts: number('MaxAttempts', 3, numberFrom(0, MOST)),
      backoffRate: number('BackoffRate', 2, numberFrom(1, Infinity, false)), jitter: jitter === 'FULL' ? 'FULL' : 'NONE',
    };
  });
}

export function catchers(state: Part): readonly Catcher[] {
  const parts = state.each('Catch', FIELDS.catcher);
  return parts.map((part, index) => {
    if (!part.has('Next')) part.tell('Next', 'is missing');
    return { errors: errorNames(part, index === parts.length - 1), next: part.text('Next') ?? '', ...effectsOf(part, 'errorOutput') };
  });
}

/** States.ALL must stand alone and in the last one (States Language, "Retrying after error", "Fallback states"). */
function errorNames(part: Part, last: boolean): readonly string[] {
  const given = part.fields['ErrorEquals'];
  const errors = Array.isArray(given) ? given.filter((name) => typeof name === 'string') : [];
  if (!Array.isArray(given) || errors.length === 0 || errors.length < given.length) part.tell('ErrorEquals', 'must hold at least one error name, and only names');
  if (errors.includes('States.ALL') && (errors.length > 1 || !last)) part.tell('ErrorEquals', 'States.ALL must stand alone, and in the last entry');
  for (const name of errors) if (name.startsWith('States.') && !RESERVED.has(name)) part.tell('ErrorEquals', `${name} is no error name of the States Language`);
  return errors;
}

/** Assign and Output of a state, a rule or a catcher. */
export function effectsOf(part: Part, sees?: 'result' | 'errorOutput'): Effects {
  return { ...optional('assign', assign(part, sees)), ...optional('output', part.template('Output', sees)) };
}

/** Guide, "Variable naming": an identifier of Unicode of at most 80 characters, and not the reserved `states`. */
const VARIABLE = /^\p{ID_Start}\p{ID_Continue}{0,79}$/u;

function assign(part: Part, sees: 'result' | 'errorOutput' | undefined): Template | undefined {
  if (!part.has('Assign')) return undefined;
  const fields = asFields(part.fields['Assign']);
  if (fields === undefined) part.tell('Assign', 'must be an object of variables');
  for (const name of Object.keys(fields ?? {})) if (!VARIABLE.test(name) || name === 'states') part.tell(`Assign.${name}`, 'is no name for a variable');
  return part.template('Assign', sees);
}
