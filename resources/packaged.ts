// What a deployment is held against by `hotshift check --aws` and by the scheduled rehearsal: the workflow, the code of each function,
// its reserved concurrency, the questions that its role must pass, and what starts things in each place.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Packaged, PackagedPlace } from '../domain/inventory.ts';
import type { Region } from '../domain/plan.ts';
import { drillSchedules } from './drill.ts';
import { functionsAt, reserved, stepNames } from './functions.ts';
import { definition } from './machine.ts';
import { permissionsOf } from './permissions.ts';
import { allRegions, type Plans } from './plans.ts';
import { rulesAt, schedulesAt } from './rules.ts';
import { simulations } from './simulations.ts';

const root = join(import.meta.dirname, '..');

/** `zips`: where the packaged functions lie; what is not there has no known code. `except`: its own zip cannot hold its own hash. */
export function packagedOf(plans: Plans, zips = join(root, 'dist', 'zips'), except?: string): Packaged {
  const names = [...new Set(allRegions(plans).flatMap((region) => functionsAt(region, plans)))].filter((name) => name !== except);
  return {
    definition: JSON.stringify(definition('failover')),
    codeSha256: Object.fromEntries(names.map((name) => [name, sha256(join(zips, `${name}.zip`))])),
    ...(plans.evidence === undefined ? {} : { evidence: plans.evidence }),
    places: Object.fromEntries(allRegions(plans).map((region) => [region, placeOf(region, plans)])),
  };
}

function placeOf(region: Region, plans: Plans): PackagedPlace {
  const names = functionsAt(region, plans);
  const steps = names.filter((name) => stepNames().includes(name));
  return {
    functions: Object.fromEntries(names.map((name) => [name, { reservedConcurrency: reserved(name, plans), calls: permissionsOf(name, region, plans).flatMap((statement) => simulations(statement, region)) }])),
    rules: rulesAt(region, plans).map(({ name, target }) => ({ name: `hotshift-${name}`, target: 'stateMachine' in target ? `stateMachine:hotshift-${target.stateMachine}` : `function:hotshift-${target.function}` })),
    schedules: [
      ...schedulesAt(region, plans).flatMap(({ name }) => plans.applications.map(({ application }) => `hotshift-${name}/${application}`)),
      ...drillSchedules(region, plans),
      ...steps.map((name) => `hotshift-keep-warm-${name}`),
    ],
  };
}

/** As Lambda says it: base64. */
const sha256 = (file: string): string => (existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('base64') : '');
