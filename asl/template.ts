// JSON with JSONata in it: strings of the form `{% ... %}` anywhere inside are compiled once and evaluated many times.
import { expression, type Report, type Sees, type World } from './expression.ts';

export interface Template {
  /** The value, where no expression is inside. */
  readonly constant?: unknown;
  readonly evaluate: (world: World) => Promise<unknown>;
}

/** No blanks outside the signs: recorded runs treat " {% x %} " as a plain string. */
const EXPRESSION = /^\{%([\s\S]*)%\}$/;

/** Compiles a value; problems go to `report` with the field in which they stand, as in `Arguments/Payload/items[0]`. */
export function template(value: unknown, field: string, report: Report, sees?: Sees): Template {
  if (typeof value === 'string') return text(value, field, report, sees);
  if (Array.isArray(value)) return list(value.map((entry, index) => template(entry, `${field}[${index}]`, report, sees)), value);
  if (typeof value === 'object' && value !== null) {
    return record(Object.entries(value).map(([key, entry]) => [key, template(entry, `${field}/${key}`, report, sees)] as const), value);
  }
  return constant(value);
}

const constant = (value: unknown): Template => ({ constant: value, evaluate: () => Promise.resolve(value) });
export const isConstant = (entry: Template): boolean => 'constant' in entry;

function text(value: string, field: string, report: Report, sees: Sees): Template {
  const found = EXPRESSION.exec(value);
  if (found !== null) {
    const evaluate = expression(found[1]?.trim() ?? '', field, report, sees);
    return evaluate === undefined ? constant(undefined) : { evaluate };
  }
  // Guide, "Writing JSONata expressions in JSON strings": improper opening or closing is an error at validation.
  if (value.startsWith('{%') || value.endsWith('%}')) report(`${field}: "{%" and "%}" must stand at the two ends of the string: ${value}`);
  return constant(value);
}

// One entry after the other: the order of draws from the random source must not depend on how promises settle.
function list(entries: readonly Template[], value: unknown): Template {
  if (entries.every(isConstant)) return constant(value);
  return {
    async evaluate(world) {
      const result: unknown[] = [];
      for (const entry of entries) result.push(isConstant(entry) ? entry.constant : await entry.evaluate(world));
      return result;
    },
  };
}

function record(entries: readonly (readonly [string, Template])[], value: unknown): Template {
  if (entries.every(([, entry]) => isConstant(entry))) return constant(value);
  return {
    async evaluate(world) {
      const result: Record<string, unknown> = {};
      for (const [key, entry] of entries) result[key] = isConstant(entry) ? entry.constant : await entry.evaluate(world);
      return result;
    },
  };
}
