// What every AWS must answer to the production adapters, whoever wrote it: the same cases run on moto's server and on the twin.
// Only clients of the SDK stand between; nothing is mocked. SQL is no part of it, as no emulator of AWS speaks it.
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { actingCases } from './acting-cases.ts';
import type { Difference } from './differences.ts';
import { operatingCases } from './operating-cases.ts';
import { storeCases } from './store-cases.ts';
import type { World } from './world.ts';

const ENVIRONMENT = ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'] as const;

/** Runs one case under its full name. */
export type Case = (name: string, run: () => Promise<void>) => void;

/**
 * Starts the world once and runs all cases against it; the environment is as it was afterwards. A case named in `differences` must
 * fail there: the endpoint is known to answer otherwise than AWS.
 */
export function definePortContract(name: string, makeWorld: () => Promise<World>, differences: readonly Difference[] = []): void {
  describe(`the production adapters on ${name}`, () => {
    const before = ENVIRONMENT.map((variable) => [variable, process.env[variable]] as const);
    let world: World | undefined;
    const here = (): World => {
      if (world === undefined) throw new Error(`${name} did not start`);
      return world;
    };
    beforeAll(async () => {
      world = await makeWorld();
      Object.assign(process.env, { AWS_ENDPOINT_URL: world.url, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'contract', AWS_REGION: 'us-east-1' });
    });
    afterAll(async () => {
      for (const [variable, value] of before) {
        if (value === undefined) delete process.env[variable];
        else process.env[variable] = value;
      }
      await world?.close();
    });
    const unheard = new Set(differences.map((difference) => difference.case));
    const define: Case = (title, run) => {
      if (unheard.delete(title)) test.failing(title, run);
      else test(title, run);
    };
    storeCases(define);
    actingCases(define, here);
    operatingCases(define, here);
    if (unheard.size > 0) throw new Error(`differences.ts names cases that do not exist: ${[...unheard].join('; ')}`);
  });
}
