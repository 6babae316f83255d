// The plans that a stack is made from: `hotshift.yml` (or the file that HOTSHIFT_CONFIG names), checked before anything is packaged.
import { readFileSync } from 'node:fs';
import { parsePlans } from '../events/config.ts';
import type { Plans } from '../events/config.ts';
import type { DatabaseInstancePlan, Region } from '../domain/plan.ts';

export type { Plans };

export const configFile = (): string => process.env['HOTSHIFT_CONFIG'] ?? 'hotshift.example.yml';

/** Throws InvalidConfigError with every problem: a stack is never made from a half-valid plan. */
export const readPlans = (file = configFile()): Plans => parsePlans(readFileSync(file, 'utf8'), file);

export const allInstances = (plans: Plans): readonly { readonly region: Region; readonly instance: DatabaseInstancePlan }[] =>
  plans.applications.flatMap((plan) => plan.databases.flatMap((database) => Object.entries(database.instances).map(([region, instance]) => ({ region, instance }))));

/** Every region that gets a stack: the pairs and the witnesses. */
export const allRegions = (plans: Plans): readonly Region[] =>
  [...new Set(plans.applications.flatMap((plan) => [...plan.regions, plan.witness]))];
