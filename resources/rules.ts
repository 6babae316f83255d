// events/rules.yml as the stack reads it: which event starts what, and which agents run where.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Region } from '../domain/plan.ts';
import type { Json } from './cloudformation.ts';
import { isWitness, type Plans } from './plans.ts';

export interface Rules {
  readonly rules: readonly { readonly name: string; readonly description: string; readonly pattern: Json; readonly target: { readonly stateMachine: string; readonly inputPath: string } }[];
  readonly schedules: readonly { readonly name: string; readonly description: string; readonly everySeconds: number; readonly places: readonly string[]; readonly target: { readonly function: string }; readonly runSeconds: number }[];
  readonly keepWarm: { readonly everySeconds: number; readonly event: Json };
}

export const readRules = (): Rules => parse(readFileSync(join(import.meta.dirname, '..', 'events', 'rules.yml'), 'utf8')) as Rules;

export const schedulesAt = (region: Region, plans: Plans): Rules['schedules'] =>
  readRules().schedules.filter(({ places }) => places.includes(isWitness(region, plans) ? 'witness' : 'region'));

/** The agents of a place: functions that a schedule starts there. */
export const agentsAt = (region: Region, plans: Plans): readonly string[] => schedulesAt(region, plans).map(({ target }) => target.function);
