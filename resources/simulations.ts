// From a statement of a role to the questions that IAM's simulator is asked about it: the same actions and resources, with the context
// keys that a real call of ours carries. A condition that is not understood here throws: it would be asked wrongly.
import type { PackagedPlace } from '../domain/inventory.ts';
import type { Region } from '../domain/plan.ts';
import type { Statement } from './cloudformation.ts';

type Question = PackagedPlace['functions'][string]['calls'][number];

export function simulations({ Sid, Effect, Action, Resource, Condition = {} }: Statement, region: Region): readonly Question[] {
  if (Effect !== 'Allow') return [];
  const base = { actions: Action, resources: [Resource].flat().map((resource) => sample(text(resource, region))) };
  let questions: readonly Question[] = [{ ...base, context: [] }];
  for (const [operator, keys] of Object.entries(Condition)) {
    // `Null` only says that the key is there, which it is below; `...IfExists` lets a call pass that does not carry the key.
    if (operator === 'Null' || operator.endsWith('IfExists')) continue;
    for (const [key, wanted] of Object.entries(keys as Readonly<Record<string, unknown>>)) {
      const values = [wanted].flat().map((value) => sample(text(value, region)));
      questions = questions.flatMap((question) => asked(operator, question, key, values, Sid));
    }
  }
  return questions;
}

/** A set is carried whole; of single values a call carries one, so that each is a question. */
function asked(operator: string, question: Question, key: string, values: readonly string[], sid: string): readonly Question[] {
  if (/^ForAllValues:String(Equals|Like)$/.test(operator)) return [{ ...question, context: [...question.context, { key, values, isList: true }] }];
  if (/^(StringEquals|StringLike|ArnEquals|ArnLike)$/.test(operator)) return values.map((value) => ({ ...question, context: [...question.context, { key, values: [value], isList: false }] }));
  throw new Error(`statement ${sid}: resources/simulations.ts does not know how a call meets ${operator} ${key}`);
}

/** The account stays open: only the deployed role knows it. */
function text(value: unknown, region: Region): string {
  const found = typeof value === 'string' ? value : (value as { readonly 'Fn::Sub'?: unknown } | null)?.['Fn::Sub'];
  if (typeof found !== 'string') throw new Error(`resources/simulations.ts cannot read ${JSON.stringify(value)}`);
  return found.replaceAll('${AWS::Partition}', 'aws').replaceAll('${AWS::Region}', region);
}

/** One name for each pattern: `secret:x-??????` -> `secret:x-aaaaaa`. `*` alone stays: the action knows no resource. */
const sample = (pattern: string): string => (pattern === '*' ? pattern : pattern.replaceAll('?', 'a').replaceAll('*', 'x'));
