// events/rules.yml as the stack and the twin read it: which event starts what, and which agents run where. A pattern may name a list of
// the plan (`$instances`, `$regions`); a rule whose list is empty in a place is not made there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ApplicationPlan, Region } from '../domain/plan.ts';
import type { Json } from './cloudformation.ts';
import { hasTracker, isWitness, type Plans } from './plans.ts';

const root = join(import.meta.dirname, '..');
type PlaceKind = 'region' | 'witness';

interface StateMachineTarget { readonly stateMachine: string; readonly inputPath: string }
/** The event itself is not handed on: what is looked at is in the plan, and what is found decides. */
interface FunctionTarget { readonly function: string; readonly input: Json }
/** The detail of the event is what the function works on: it names what has ended. */
interface DetailTarget { readonly function: string; readonly inputPath: string }
interface RuleSource { readonly name: string; readonly description: string; readonly places: readonly PlaceKind[]; readonly pattern: Json; readonly target: StateMachineTarget | FunctionTarget | DetailTarget }
export interface Schedule { readonly name: string; readonly description: string; readonly everySeconds: number; readonly places: readonly PlaceKind[]; readonly target: { readonly function: string }; readonly runSeconds?: number }

export interface Rules {
  readonly rules: readonly RuleSource[];
  readonly schedules: readonly Schedule[];
  readonly keepWarm: { readonly everySeconds: number; readonly event: Json };
}

/** A rule as it is made in one place. */
export type Rule =
  | { readonly name: string; readonly description: string; readonly pattern: Json; readonly target: StateMachineTarget | DetailTarget }
  | { readonly name: string; readonly description: string; readonly pattern: Json; readonly target: FunctionTarget };

/** A schedule of a function that is not there (yet) is left out. */
export function readRules(): Rules {
  const all = parse(readFileSync(join(root, 'events', 'rules.yml'), 'utf8')) as Rules;
  return { ...all, schedules: all.schedules.filter(({ target }) => existsSync(join(root, 'functions', target.function, 'handler.ts'))) };
}

const kindOf = (region: Region, plans: Plans): PlaceKind => (isWitness(region, plans) ? 'witness' : 'region');

export const schedulesAt = (region: Region, plans: Plans): readonly Schedule[] => readRules().schedules.filter(({ places }) => places.includes(kindOf(region, plans)));

/** The agents of a place: functions that a schedule starts there. */
export const agentsAt = (region: Region, plans: Plans): readonly string[] => schedulesAt(region, plans).map(({ target }) => target.function);

/** What a schedule hands to its function. */
export const scheduledInput = ({ runSeconds }: Pick<Schedule, 'runSeconds'>, application: string): Json => ({ application, ...(runSeconds === undefined ? {} : { runSeconds }) });

/** The rules of a place: those that start a workflow as they stand, those that make an agent look once for each application. */
export const rulesAt = (region: Region, plans: Plans): readonly Rule[] => readRules().rules.filter(({ places, target }) => places.includes(kindOf(region, plans)) && (!('function' in target) || target.function !== 'track' || hasTracker(plans))).flatMap(({ name, description, pattern, target }): readonly Rule[] => {
  if ('inputPath' in target) return [{ name, description, pattern, target }];
  return plans.applications.filter((plan) => [...plan.regions, plan.witness].includes(region)).flatMap((plan): readonly Rule[] => {
    const filled = filledPattern(pattern, plan, region);
    return filled === undefined ? [] : [{ name: `${name}-${plan.application}`, description, pattern: filled, target: { function: target.function, input: { application: plan.application, ...target.input } } }];
  });
});

/** The pattern with the lists of the plan in it; undefined when one of them is empty. */
export function filledPattern(pattern: Json, plan: ApplicationPlan, region: Region): Json | undefined {
  const lists: Readonly<Record<string, readonly string[]>> = {
    $instances: plan.databases.flatMap(({ instances }) => instances[region]?.arn ?? []),
    $regions: plan.regions,
  };
  const entries: [string, unknown][] = [];
  for (const [name, wanted] of Object.entries(pattern)) {
    const filled = typeof wanted === 'string' ? list(wanted, lists) : Array.isArray(wanted) ? wanted : filledPattern(wanted as Json, plan, region);
    if (filled === undefined) return undefined;
    entries.push([name, filled]);
  }
  return Object.fromEntries(entries);
}

function list(name: string, lists: Readonly<Record<string, readonly string[]>>): readonly string[] | undefined {
  const found = lists[name];
  if (found === undefined) throw new Error(`events/rules.yml: ${name} is no list of the plan; known: ${Object.keys(lists).join(', ')}`);
  return found.length === 0 ? undefined : [...found];
}
