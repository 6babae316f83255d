// What a person can ask of the console, checked before anything is done. Names and values are closed sets: nothing that is sent here
// becomes a word of a command line.
import * as z from 'zod';
import { FAULTS } from '../twin/settings.ts';

const empty = z.strictObject({});
export const actionSchemas = {
  fault: z.strictObject({ fault: z.enum(FAULTS) }),
  return: empty, drill: empty, failback: empty, pause: empty, resume: empty, ack: empty, failover: empty, report: empty,
  press: z.strictObject({ ts: z.string().regex(/^\d{1,12}\.\d{1,8}$/), button: z.enum(['hotshift_approve', 'hotshift_deny', 'hotshift_hold']), person: z.enum(['ana', 'ben']) }),
  restart: z.strictObject({ approve: z.boolean(), switch: z.boolean() }),
} as const;

export type ActionName = keyof typeof actionSchemas;
export type Action = { [Name in ActionName]: { readonly name: Name } & z.infer<(typeof actionSchemas)[Name]> }[ActionName];

/** The action, or in words why there is none. */
export function parseAction(name: string, body: string): Action | { readonly status: 400 | 404; readonly error: string } {
  if (!Object.hasOwn(actionSchemas, name)) return { status: 404, error: 'there is no such action' };
  const schema = actionSchemas[name as ActionName];
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { status: 400, error: 'the body is not JSON' };
  }
  const found = schema.safeParse(value);
  if (!found.success) return { status: 400, error: found.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ') };
  return { name, ...found.data } as Action;
}

export const isAction = (found: ReturnType<typeof parseAction>): found is Action => 'name' in found;
