// The plans that a stack is made from: the file that HOTSHIFT_CONFIG names, or `hotshift.yml`, or (for a look at the templates only)
// the example. Checked before anything is packaged.
import { existsSync, readFileSync } from 'node:fs';
import { parsePlans } from '../events/config.ts';
import type { Plans } from '../events/config.ts';
import type { DatabaseInstancePlan, DatabasePlan, Region, SlackPeoplePlan } from '../domain/plan.ts';

export type { Plans };

const EXAMPLE = 'hotshift.example.yml';
export const configFile = (): string => process.env['HOTSHIFT_CONFIG'] ?? (existsSync('hotshift.yml') ? 'hotshift.yml' : EXAMPLE);

/** Throws InvalidConfigError with every problem: a stack is never made from a half-valid plan. */
export const readPlans = (file = configFile()): Plans => parsePlans(readFileSync(file, 'utf8'), file);

export const allInstances = (plans: Plans): readonly { readonly region: Region; readonly instance: DatabaseInstancePlan; readonly database: DatabasePlan }[] =>
  plans.applications.flatMap((plan) => plan.databases.flatMap((database) => Object.entries(database.instances).map(([region, instance]) => ({ region, instance, database }))));

/** Every region that gets a stack: the pairs and the witnesses. */
export const allRegions = (plans: Plans): readonly Region[] =>
  [...new Set(plans.applications.flatMap((plan) => [...plan.regions, plan.witness]))];

/** Who is heard in Slack, of each application that has people there. */
export const listening = (plans: Plans): readonly SlackPeoplePlan[] => plans.applications.flatMap(({ notifications: { slack } }) => slack?.people ?? []);

/** Does any application have what drills find made into issues? */
export const hasTracker = (plans: Plans): boolean => plans.applications.some(({ notifications }) => notifications.followUps !== undefined);

/** Does the region serve an application, or is it only a witness? */
export const isWitness = (region: Region, plans: Plans): boolean => plans.applications.every((plan) => !plan.regions.includes(region));

/**
 * Where a workflow that runs in `region` may act. It runs in the survivor and acts there; the one of a witness, which runs when
 * the survivor's event bus did not answer, may have either of a pair to save.
 */
export const actingRegions = (region: Region, plans: Plans): readonly Region[] => [...new Set([
  ...(isWitness(region, plans) ? [] : [region]),
  ...plans.applications.filter(({ witness }) => witness === region).flatMap((plan) => plan.regions),
])];

/**
 * The region sets in which DynamoDB keeps a global table strongly consistent; all replicas must be in one of them
 * (CloudFormation reference, AWS::DynamoDB::GlobalTable GlobalTableWitness; read 2026-11).
 */
const STRONG_SETS: readonly (readonly Region[])[] = [
  ['us-east-1', 'us-east-2', 'us-west-2'],
  ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'],
  ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
];

/** Throws when these plans must not be deployed: the example protects nothing, and without its table nothing works. */
export function refuseToDeploy(plans: Plans, file = configFile()): void {
  if (file.endsWith(EXAMPLE)) throw new Error(`${file} is the example: write your own plan with hotshift init, or name it in HOTSHIFT_CONFIG`);
  const trouble = tableTrouble(plans);
  if (trouble !== undefined) throw new Error(`${file}: ${trouble}`);
}

/** Why AWS would refuse the table, or undefined. Exactly three replicas, all of one set. */
export function tableTrouble(plans: Plans): string | undefined {
  const regions = allRegions(plans);
  if (regions.length !== 3) return `the table needs exactly three regions for strong consistency; the plan has ${regions.join(', ')}`;
  if (STRONG_SETS.some((set) => regions.every((region) => set.includes(region)))) return undefined;
  return `DynamoDB keeps no strongly consistent table over ${regions.join(', ')}; all must be of one of these sets: ${STRONG_SETS.map((set) => set.join(' ')).join(' | ')}`;
}
