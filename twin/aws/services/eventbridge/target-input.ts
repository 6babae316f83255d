// What a target receives of an event: all of it, a part (InputPath), a constant (Input) or a template (InputTransformer).
import type { Target } from '@aws-sdk/client-eventbridge';
import type { BusEvent } from './event.ts';

export interface RuleIdentity { readonly arn: string; readonly name: string }

/** The JSON text for the target. Throws for a template that does not become JSON. */
export function targetInput(target: Pick<Target, 'Input' | 'InputPath' | 'InputTransformer'>, event: BusEvent, rule: RuleIdentity): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(valueAtPath(event, target.InputPath) ?? null);
  const { InputTransformer: transformer } = target;
  if (transformer === undefined) return JSON.stringify(event);
  const values: Record<string, unknown> = {
    'aws.events.rule-arn': rule.arn, 'aws.events.rule-name': rule.name, 'aws.events.event.ingestion-time': event.time,
    'aws.events.event': { ...event, detail: undefined }, 'aws.events.event.json': event,
  };
  for (const [name, path] of Object.entries(transformer.InputPathsMap ?? {})) values[name] = valueAtPath(event, path);
  const text = fill(transformer.InputTemplate ?? '', values);
  JSON.parse(text);
  return text;
}

/** The value at `$.a.b[0]['c']`; undefined when nothing is there. */
export function valueAtPath(root: unknown, path: string): unknown {
  const steps = [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]/g)].map(([, name, index, quoted]) => name ?? quoted ?? Number(index));
  return steps.reduce<unknown>((value, step) => (typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined), root);
}

/** Inside a JSON string a value goes in bare; elsewhere as JSON. An absent value becomes nothing inside, an empty string elsewhere. */
function fill(template: string, values: Readonly<Record<string, unknown>>): string {
  let filled = '';
  let inString = false;
  for (let at = 0; at < template.length; at += 1) {
    const character = template.charAt(at);
    const placeholder = character === '<' ? /^<([A-Za-z0-9_.-]+)>/.exec(template.slice(at)) : null;
    if (placeholder !== null && Object.hasOwn(values, placeholder[1] ?? '')) {
      filled += inString ? bare(values[placeholder[1] ?? '']) : JSON.stringify(values[placeholder[1] ?? ''] ?? '');
      at += placeholder[0].length - 1;
      continue;
    }
    if (character === '"' && template.charAt(at - 1) !== '\\') inString = !inString;
    filled += character;
  }
  // A template that is one bare text is sent as a JSON string.
  return /^\s*["{[]|^\s*(-?\d|true|false|null)/.test(filled) ? filled : JSON.stringify(filled);
}

const bare = (value: unknown): string => (value === undefined ? '' : JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value)).slice(1, -1));
